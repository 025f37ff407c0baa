import { expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { SuiteAsks } from '../../../src/core/gate/run-doubts.ts'
import type { RunEvidence } from '../../../src/core/gate/run-evidence.ts'
import { type Present, validationLink } from '../../../src/core/gate/validation-link.ts'
import { parseThreshold } from '../../../src/core/verdict/parse-threshold.ts'
import { DAY_S, madeRun, NOW, PRESENT } from './made-gates.ts'

const SUMMARY =
  'run 20261122T190000Z-quick, suite quick, lasted 10 min, 60 min old, CPUs 4-7, largest 17 µs (cyclictest, CPU 5)'

function judged(
  run: Partial<RunEvidence> = {},
  present: Partial<Present> = {},
  maxAgeS = 30 * DAY_S,
  asks: SuiteAsks | null = null,
) {
  return validationLink({
    guest: null,
    run: madeRun(run),
    present: { ...PRESENT, ...present },
    asks,
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

test.each<[string, Partial<RunEvidence>, Partial<Present>, SuiteAsks | null]>([
  [
    'the profile realtime-virtual-host asks for other settings than when it was measured',
    {},
    { digest: 'fedcba9876543210' },
    null,
  ],
  ['the isolated CPUs 2-3 were not measured', {}, { isolated: CpuSet.parse('2-7') }, null],
  ['it does not say which CPUs were measured', { context: null }, { bootId: null }, null],
  ['it lasted 10 min, and quick lasts 12 h', {}, {}, { name: 'quick', thresholds: [], durationS: 43_200 }],
  ...(
    [
      [[], ['cyclictest.max', '<20us']],
      [[['cyclictest.max', '<40us']], ['cyclictest.max', '<20us']],
      [[['cyclictest.max', '<=20us']], ['cyclictest.max', '<20us']],
      [[['oslat.max', '<20us']], ['cyclictest.max', '<20us']],
      [[['cyclictest.max@4', '<20us']], ['cyclictest.max', '<20us']],
      [[['cyclictest.p99', '<20us']], ['cyclictest.max', '<20us']],
    ] as [[string, string][], [string, string]][]
  ).map(([had, [key, value]]): [string, Partial<RunEvidence>, Partial<Present>, SuiteAsks] => [
    'it was not judged by cyclictest max < 20 µs (--threshold)',
    { thresholds: had.map(([key, value]) => parseThreshold(key, value, '--threshold')) },
    {},
    { name: 'quick', thresholds: [parseThreshold(key, value, '--threshold')], durationS: 600 },
  ]),
])('a pass is undecided when %s (%#); a failure stays', (doubt, run, present, asks) => {
  const link = judged({ ...run, verdict: { result: 'pass', reasons: [] } }, present, 30 * DAY_S, asks)
  expect([link.state, link.evidence[0]]).toEqual(['undecided', doubt])
  const failed = judged({ ...run, verdict: { result: 'fail', reasons: [] } }, present, 30 * DAY_S, asks)
  expect(failed.state).toBe(present.digest === undefined ? 'fail' : 'undecided')
})

test('a pass by tighter limits, of every tool at once, after more time and on more CPUs is a pass', () => {
  const asked = {
    name: 'quick',
    thresholds: [parseThreshold('oslat.max', '<=20us', '--threshold')],
    durationS: 500,
  }
  const context = { facts: { 'boot-id': 'boot-2', 'measured-cpus': '0-9' }, changes: [] }
  for (const [key, value] of [
    ['oslat.max', '<20us'],
    ['*.max', '<=10us'],
  ] as const) {
    const thresholds = [parseThreshold(key, value, '--threshold')]
    expect(judged({ thresholds, context }, {}, 30 * DAY_S, asked).state).toBe('pass')
  }
})

test('live settings applied anew after a reboot are the same tuning', () => {
  const context = { facts: { 'boot-id': 'boot-1', 'measured-cpus': '4-7' }, changes: [] }
  expect(judged({ context }, { since: '2026-11-22T19:30:00.000Z' }).state).toBe('pass')
})
