import { expect, test } from 'vitest'
import type { RunEvidence } from '../../../src/core/gate/run-evidence.ts'
import { type Present, validationLink } from '../../../src/core/gate/validation-link.ts'
import { DAY_S, madeRun, NOW, PRESENT } from './made-gates.ts'

const SUMMARY =
  'run 20261122T190000Z-quick, suite quick, lasted 10 min, 60 min old, CPUs 4-7, largest 17 µs (cyclictest, CPU 5)'

function judged(run: Partial<RunEvidence> = {}, present: Partial<Present> = {}, maxAgeS = 30 * DAY_S) {
  return validationLink({
    guest: null,
    run: madeRun(run),
    present: { ...PRESENT, ...present },
    now: NOW,
    maxAgeS,
  })
}

test('a run of the tuning in force is as good as its verdict', () => {
  expect(judged()).toEqual({
    kind: 'validation',
    subject: null,
    state: 'pass',
    evidence: ['All 8 checks are met', SUMMARY],
    next: [],
  })
  const fail = { verdict: { result: 'fail' as const, reasons: ['cyclictest max < 20 µs is broken.'] } }
  expect(judged(fail)).toEqual({
    kind: 'validation',
    subject: null,
    state: 'fail',
    evidence: ['cyclictest max < 20 µs is broken', SUMMARY],
    next: ['quietcore report latest tells more'],
  })
})

test.each<[string, Partial<RunEvidence>, Partial<Present>]>([
  [
    'it was measured with no profile, and the profile realtime-virtual-host is in force',
    { tuning: { profile: null, state: 'none' } },
    {},
  ],
  [
    'it was measured with the profile realtime-virtual-host, and no profile is in force',
    {},
    { profile: null },
  ],
  [
    'its tuning was not whole (pending-reboot)',
    { tuning: { profile: 'realtime-virtual-host', state: 'pending-reboot' } },
    {},
  ],
  [
    'it was measured with the kernel 6.1.0-28-rt-amd64, not 6.1.0-29-rt-amd64',
    {},
    { kernelRelease: '6.1.0-29-rt-amd64' },
  ],
  ['it was measured with the kernel (unknown), not 6.1.0-28-rt-amd64', { kernel: null }, {}],
  ['it was measured with another kernel command line', {}, { cmdline: 'root=/dev/sda1 ro' }],
  [
    'the profile was applied again after it (2026-11-22T19:30:00.000Z)',
    {},
    { since: '2026-11-22T19:30:00.000Z' },
  ],
  ['it was measured 2 h in the future: a clock is wrong', { startedAt: '2026-11-22T22:00:00.000Z' }, {}],
  ['nobody knows when it was measured', { startedAt: null }, {}],
])('a run is undecided when %s, good or bad', (doubt, run, present) => {
  for (const result of ['pass', 'fail'] as const) {
    const link = judged({ ...run, verdict: { result, reasons: [] } }, present)
    expect([link.state, link.evidence[0], link.next]).toEqual([
      'undecided',
      doubt,
      ['quietcore gate --new measures with the tuning in force'],
    ])
  }
})

test('an old run is undecided, with its age and how old it may be', () => {
  const link = judged(
    { startedAt: '2026-10-01T00:00:00.000Z' },
    { since: '2026-09-01T00:00:00.000Z' },
    7 * DAY_S,
  )
  expect([link.state, link.evidence[0]]).toEqual(['undecided', 'it is 52 d old, and may be 7 d'])
})

test('live settings applied anew after a reboot are the same tuning', () => {
  const context = { facts: { 'boot-id': 'boot-1' }, changes: [] }
  expect(judged({ context }, { since: '2026-11-22T19:30:00.000Z' }).state).toBe('pass')
})
