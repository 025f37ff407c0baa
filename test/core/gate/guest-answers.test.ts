import { describe, expect, test } from 'vitest'
import { MachineError } from '../../../src/core/errors.ts'
import {
  guestIsolated,
  readGuestRun,
  readGuestStatus,
  readGuestTuning,
  readGuestValidation,
} from '../../../src/core/gate/guest-answers.ts'
import { madeRun } from './made-gates.ts'

const ISOLATED = {
  id: 'bootloader:isolated',
  target: '/sys/devices/system/cpu/isolated',
  want: '2-3',
  have: '2-3\n',
  state: 'ok',
}

function verify(settings: object[], running = 'ro'): string {
  return JSON.stringify({
    schemaVersion: 1,
    profile: 'realtime-virtual-guest',
    settings,
    cmdline: { running },
  })
}

function error(of: () => unknown): object {
  try {
    of()
  } catch (thrown) {
    if (thrown instanceof MachineError) {
      const { code, message, next } = thrown
      return { code, message, next }
    }
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('what a guest answers', () => {
  test('is read as far as the chain asks, past what its login shell printed', () => {
    const text = `Last login: today\n${verify([ISOLATED])}`
    expect(readGuestTuning(text, 'du-1')).toEqual({
      profile: 'realtime-virtual-guest',
      settings: [ISOLATED],
      cmdline: 'ro',
    })
  })

  test('of a run is a run', () => {
    const run = { schemaVersion: 1, extra: 1, ...madeRun() }
    expect(readGuestRun(JSON.stringify(run), 'du-1')).toEqual(madeRun())
  })

  test('that is its own error is said as its own', () => {
    const text = JSON.stringify({
      schemaVersion: 1,
      error: { code: 'no-active-profile', message: 'no profile is applied', next: 'Apply one.' },
    })
    expect(error(() => readGuestTuning(text, 'du-1'))).toEqual({
      code: 'no-active-profile',
      message: 'quietcore in du-1 says: no profile is applied',
      next: 'In du-1: Apply one.',
    })
  })

  test.each([
    ['', 'with no JSON'],
    ['command not found', 'with no JSON'],
    [verify([ISOLATED]).slice(0, -2), 'with no JSON'],
    ['{}', 'with something else (profile: Invalid key: Expected "profile" but received undefined)'],
    [verify([{ ...ISOLATED, state: 'fine' }]), 'with something else (settings.0.state: '],
    ['{"profile":"p","settings":{},"cmdline":{"running":""}}', 'with something else (settings: '],
  ])('%j is refused: %s', (text, why) => {
    expect(error(() => readGuestTuning(text, 'du-1'))).toMatchObject({
      code: 'guest-answer',
      message: expect.stringContaining(`the guest du-1 answered the question for its verify ${why}`),
    })
  })

  test('is refused when a run has no verdict that there is', () => {
    const run = { ...madeRun(), verdict: { result: 'great', reasons: [] } }
    expect(error(() => readGuestRun(JSON.stringify(run), 'du-1'))).toMatchObject({ code: 'guest-answer' })
    expect(error(() => readGuestStatus('{"profile":7}', 'du-1'))).toMatchObject({ code: 'guest-answer' })
  })

  test('of its gate is its validation, with what is to be done in it', () => {
    const links = [
      { kind: 'tuning', subject: null, state: 'pass', evidence: ['1 as wanted'], next: [] },
      { kind: 'validation', subject: null, state: 'fail', evidence: ['25 µs'], next: ['look'], more: 1 },
    ]
    expect(readGuestValidation(JSON.stringify({ links }), 'du-1')).toEqual({
      kind: 'guest-validation',
      subject: 'du-1',
      state: 'fail',
      evidence: ['25 µs'],
      next: ['in du-1: look'],
    })
    const leftOut = JSON.stringify({ links: [{ ...links[1], state: 'absent' }] })
    for (const without of ['{"links":[]}', leftOut]) {
      expect(error(() => readGuestValidation(without, 'du-1'))).toMatchObject({
        message: 'the guest du-1 answered the question for its gate without a link on its validation',
      })
    }
    const great = JSON.stringify({ links: [{ ...links[1], state: 'great' }] })
    expect(error(() => readGuestValidation(great, 'du-1'))).toMatchObject({ code: 'guest-answer' })
  })
})

describe('the CPUs that a guest isolates', () => {
  const isolated = (text: string) => guestIsolated(readGuestTuning(text, 'du-1')).toString()

  test('are what its sysfs shows, whatever it wants', () => {
    expect(isolated(verify([{ ...ISOLATED, have: '3\n' }], 'isolcpus=2-3'))).toBe('3')
    expect(isolated(verify([{ ...ISOLATED, have: '\n' }], 'isolcpus=2-3'))).toBe('')
  })

  test('are those of its command line where sysfs is not looked at', () => {
    expect(isolated(verify([], 'ro isolcpus=managed_irq,domain,2-3'))).toBe('2-3')
    expect(isolated(verify([], 'ro'))).toBe('')
  })
})
