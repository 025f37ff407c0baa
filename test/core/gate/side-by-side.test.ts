import { describe, expect, test } from 'vitest'
import type { RunEvidence } from '../../../src/core/gate/run-evidence.ts'
import { sideBySide } from '../../../src/core/gate/side-by-side.ts'
import { madeRun, madeWatch } from './made-gates.ts'

const CLOCK = { aheadMs: 0, withinMs: 50 }
/** 2026-11-22T19:01:40.500Z, within the made runs. */
const AT = '1795374100.5'

function guest(more: Partial<RunEvidence> = {}): RunEvidence {
  return madeRun({
    measurements: [
      { tool: 'cyclictest', durationS: 600, cpus: [{ cpu: 2, meanUs: 4, maxUs: 57 }], events: [] },
    ],
    ...more,
  })
}

/** A guest whose tool noted when its spike was. */
function timedGuest(timestamp: string): RunEvidence {
  const events = [{ timestamp, cpu: 2, innerUs: 57, outerUs: 3 }]
  return guest({
    measurements: [
      { tool: 'hwlatdetect', durationS: 600, cpus: [{ cpu: 2, meanUs: null, maxUs: 57 }], events },
    ],
  })
}

function asked(run: RunEvidence, host: RunEvidence | null, clock: typeof CLOCK | null = CLOCK) {
  const { visible, says } = sideBySide({ guest: 'du-1', run, clock, host, hostMissing: 'no quiet CPU' })
  return [visible, says]
}

test('holds the whole of both sides', () => {
  const run = guest()
  expect(sideBySide({ guest: 'du-1', run, clock: CLOCK, host: madeWatch(61), hostMissing: '' })).toEqual({
    guest: 'du-1',
    guestRun: run.id,
    hostRun: '20261122T190000Z-gate-watch',
    togetherS: 600,
    clock: CLOCK,
    guestWorst: { tool: 'cyclictest', cpu: 2, us: 57, at: null },
    hostWorst: { tool: 'hwlatdetect', cpu: 1, us: 61, at: '2026-11-22T19:01:40.500Z' },
    hostCounted: [],
    guestSteal: [],
    visible: 'possible',
    says: 'The host had 61 µs (hwlatdetect) in the same minutes, enough for the guest’s 57 µs on vCPU 2.',
  })
})

describe('a guest’s spike of known time', () => {
  test('is visible when the host had an event then, by the host’s clock', () => {
    const ahead = { aheadMs: 3_600_000, withinMs: 50 }
    const says = 'At the time of the guest’s 57 µs on vCPU 2 the host had 61 µs (hwlatdetect).'
    expect(asked(timedGuest(AT), madeWatch(61, AT))).toEqual(['yes', says])
    // the guest's clock is an hour ahead: its run and its spike are, too
    const late = { ...timedGuest('1795377700.5'), startedAt: '2026-11-22T20:00:00.000Z' }
    expect(asked(late, madeWatch(61, AT), ahead)).toEqual(['yes', says])
  })

  test('is not, when the host’s event was at another time', () => {
    expect(asked(timedGuest(AT), madeWatch(61, '1795374130.5'))).toEqual([
      'no',
      'Nothing on the host was as large as the guest’s 57 µs on vCPU 2: look inside the guest.',
    ])
  })
})

describe('a guest’s spike of unknown time', () => {
  test('is possibly the host’s when a stall of it, added to an ordinary wake-up, is enough', () => {
    expect(asked(guest(), madeWatch(53))[0]).toBe('possible')
    expect(asked(guest(), madeWatch(52))[0]).toBe('no')
  })

  test('is not the host’s when it measured all the while and saw nothing', () => {
    expect(asked(guest(), madeWatch(null))[0]).toBe('no')
  })

  test('is possibly the firmware’s when the host counted SMIs, which stop all CPUs', () => {
    const host = {
      ...madeWatch(null),
      context: { facts: {}, changes: [{ name: 'smi', where: 'CPU 1', note: '+3' }] },
    }
    expect(asked(guest(), host)).toEqual([
      'possible',
      'The host counted smi CPU 1 +3 in the minutes of the guest’s 57 µs on vCPU 2.',
    ])
  })

  test('is possibly the host’s scheduling when the guest counted steal', () => {
    const context = { facts: {}, changes: [{ name: 'steal', where: 'CPU 2', note: '+40 ms' }] }
    expect(asked(guest({ context }), madeWatch(null))).toEqual([
      'possible',
      'The host ran something else in place of the guest. The guest was kept from its CPUs: steal CPU 2 +40 ms.',
    ])
  })
})

describe('it cannot be told', () => {
  test.each<[string, RunEvidence, RunEvidence | null, typeof CLOCK | null]>([
    ['The host was not measured meanwhile: no quiet CPU.', guest(), null, CLOCK],
    ['When the guest measured by the host’s clock is not known.', guest(), madeWatch(null), null],
    [
      'Host and guest did not measure at the same time.',
      guest({ startedAt: '2026-11-22T18:00:00.000Z' }),
      madeWatch(null),
      CLOCK,
    ],
    [
      'The host measured 5 min of the guest’s 10 min only.',
      guest({ startedAt: '2026-11-22T18:55:00.000Z' }),
      madeWatch(null),
      CLOCK,
    ],
    ['The guest’s run has no largest latency.', guest({ measurements: [] }), madeWatch(null), CLOCK],
  ])('%s', (says, run, host, clock) => {
    expect(asked(run, host, clock)).toEqual(['unknown', says])
  })
})
