import { describe, expect, it } from 'vitest'
import type { JudgedMeasurement } from '../../../src/core/verdict/doubts.ts'
import { type JudgeOptions, judge } from '../../../src/core/verdict/judge.ts'
import { parseThresholdArgument } from '../../../src/core/verdict/parse-threshold.ts'
import type { Threshold } from '../../../src/core/verdict/verdict.ts'
import { cyclictest, hwlatdetect, judged, thread } from './made.ts'

const TUNED: JudgeOptions = { tuning: { state: 'ok' } }
const CLEAN = [thread(2, { 3: 9_000_000, 5: 8_999_999, 14: 1 }), thread(3, { 3: 17_999_000, 11: 1000 })]
const LATE = [CLEAN[0]!, thread(3, { 3: 17_000_000 }, { overflows: 2, maxUs: 87 })]

/** The whole verdict, a check on a line. */
function verdict(runs: readonly JudgedMeasurement[], thresholds: readonly string[], options = TUNED) {
  return told(
    runs,
    thresholds.map((text) => parseThresholdArgument(text)),
    options,
  )
}

function told(runs: readonly JudgedMeasurement[], thresholds: readonly Threshold[], options = TUNED) {
  const { checks, doubts, ...rest } = judge(runs, thresholds, options)
  return {
    ...rest,
    doubts: doubts.map((doubt) => doubt.code),
    checks: checks.map((one) => {
      const bound = one.measuredIsLowerBound ? '>=' : one.measuredIsUpperBound ? '<=' : ''
      return `${one.tool} CPU ${one.cpu}: ${bound}${one.measured} ${one.result} ${one.code}`
    }),
  }
}

describe('a run passes', () => {
  it('when every limit holds on every CPU, by enough samples, and nothing is in doubt', () => {
    expect(
      verdict([judged(cyclictest(CLEAN), '2-3')], ['cyclictest.max<20us', 'cyclictest.p99.999<=15us']),
    ).toMatchInlineSnapshot(`
      {
        "checks": [
          "cyclictest CPU 2: 14 pass met",
          "cyclictest CPU 3: 11 pass met",
          "cyclictest CPU 2: 5 pass met",
          "cyclictest CPU 3: 11 pass met",
        ],
        "claims": [
          "cyclictest: nothing at or above 20 µs in 1 h, so at 95 % confidence it happens less than 3 times an hour on these CPUs together (rule of three by time).",
          "cyclictest: by samples, fewer than 8.3e-8 of the wake-ups (3 in 36,000,000); they depend on each other and spikes come in bursts, so use the claim by time.",
        ],
        "doubts": [],
        "reasons": [
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
          "cyclictest p99.999 <= 15 µs (--threshold) holds on both CPUs: the worst is CPU 3, 11 µs is <= 15 µs.",
        ],
        "result": "pass",
      }
    `)
  })

  it('at a limit that it equals only when the comparison is <=', () => {
    const equal = [judged(cyclictest([thread(2, { 20: 100 })]))]
    expect(verdict(equal, ['cyclictest.max<=20us']).result).toBe('pass')
    expect(verdict(equal, ['cyclictest.max<20us']).result).toBe('fail')
  })

  it('on a percentile that lies in the overflow when the maximum, which the tool kept, is within the limit', () => {
    const run = [judged(cyclictest([thread(2, { 3: 90 }, { overflows: 10, maxUs: 75 })]))]
    expect(verdict(run, ['cyclictest.p95<=80us', 'cyclictest.over(80us)<=0']).checks).toMatchInlineSnapshot(`
      [
        "cyclictest CPU 2: <=75 pass met",
        "cyclictest CPU 2: 0 pass met",
      ]
    `)
    expect(verdict(run, ['cyclictest.p95<=70us', 'cyclictest.over(70us)<=2']).checks).toMatchInlineSnapshot(`
      [
        "cyclictest CPU 2: >=60 undecided overflow",
        "cyclictest CPU 2: >=1 undecided overflow",
      ]
    `)
  })

  it('when a file from elsewhere holds its limits, and says that its tuning is not known', () => {
    expect(
      verdict([judged(cyclictest(CLEAN))], ['*.max<20us'], { tuning: { state: 'unknown' }, foreign: true })
        .reasons,
    ).toMatchInlineSnapshot(`
      [
        "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        "What tuning was in force is not known: the result is of this file alone.",
      ]
    `)
  })

  it('without a profile, and says so', () => {
    const { result, reasons } = verdict([judged(cyclictest(CLEAN))], ['*.max<20us'], {
      tuning: { state: 'none' },
    })
    expect([result, reasons.at(-1)]).toEqual([
      'pass',
      'No profile is applied: the result is of the machine as it is.',
    ])
  })

  it('in hwlatdetect when it showed no event, by the threshold that it ran with', () => {
    const half = judged(hwlatdetect({ durationS: 43_200, wantedDurationS: 43_200 }))
    expect(
      verdict([half], ['hwlatdetect.max<=10us', 'hwlatdetect.count-per-hour<=1']),
    ).toMatchInlineSnapshot(`
      {
        "checks": [
          "hwlatdetect CPU null: <=10 pass met",
          "hwlatdetect CPU null: 0 pass met",
        ],
        "claims": [
          "hwlatdetect: nothing above 10 µs in 12 h, so at 95 % confidence it happens less than 0.25 times an hour on these CPUs together (rule of three by time).",
          "hwlatdetect watches one CPU at a time and not without a pause: each CPU was seen for less.",
        ],
        "doubts": [],
        "reasons": [
          "hwlatdetect max <= 10 µs (--threshold) holds: at most 10 µs is <= 10 µs.",
          "hwlatdetect events per hour <= 1 (--threshold) holds: 0 an hour is <= 1 an hour.",
        ],
        "result": "pass",
      }
    `)
    expect(verdict([half], ['hwlatdetect.max<10us']).reasons).toMatchInlineSnapshot(`
      [
        "hwlatdetect max < 10 µs (--threshold) is undecided: it is not known.",
      ]
    `)
  })
})

describe('a run fails', () => {
  it('when one CPU breaks a limit, and tells the other limits apart', () => {
    expect(
      verdict(
        [judged(cyclictest(LATE), '2-3')],
        [
          'cyclictest.max<20us',
          'cyclictest.p99.999<=15us',
          'cyclictest.over(70us)<=1',
          'cyclictest.over(70us)@3<=2',
        ],
      ),
    ).toMatchInlineSnapshot(`
      {
        "checks": [
          "cyclictest CPU 2: 14 pass met",
          "cyclictest CPU 3: 87 fail broken",
          "cyclictest CPU 2: 5 pass met",
          "cyclictest CPU 3: 3 pass met",
          "cyclictest CPU 2: 0 pass met",
          "cyclictest CPU 3: >=1 undecided overflow",
          "cyclictest CPU 3: <=2 pass met",
        ],
        "claims": [
          "cyclictest: nothing above the 87 µs seen in 1 h, so at 95 % confidence it happens less than 3 times an hour on these CPUs together (rule of three by time).",
          "cyclictest: by samples, fewer than 8.6e-8 of the wake-ups (3 in 35,000,002); they depend on each other and spikes come in bursts, so use the claim by time.",
        ],
        "doubts": [],
        "reasons": [
          "cyclictest max < 20 µs (--threshold) is broken on CPU 3: 87 µs is not < 20 µs.",
          "cyclictest samples above 70 µs <= 1 (--threshold) is undecided on CPU 3: the histogram ends too early to tell: at least 1 sample.",
          "cyclictest max < 20 µs (--threshold) holds on CPU 2: 14 µs is < 20 µs.",
          "cyclictest p99.999 <= 15 µs (--threshold) holds on both CPUs: the worst is CPU 2, 5 µs is <= 15 µs.",
          "cyclictest samples above 70 µs <= 1 (--threshold) holds on CPU 2: 0 samples is <= 1 sample.",
          "cyclictest samples above 70 µs <= 2 (--threshold) holds on CPU 3: at most 2 samples is <= 2 samples.",
        ],
        "result": "fail",
      }
    `)
  })

  it('even when it was interrupted, disturbed and badly tuned: a broken limit is certain', () => {
    expect(
      verdict([judged(cyclictest(LATE), '2-4', 'SIGINT by the user')], ['cyclictest.max<20us'], {
        tuning: { state: 'differs', details: ['sysctl:kernel.sched_rt_runtime_us is 950000, wanted -1'] },
        disturbances: [{ code: 'steal', message: '3 s of steal time on CPU 2' }],
      }),
    ).toMatchInlineSnapshot(`
      {
        "checks": [
          "cyclictest CPU 2: 14 pass met",
          "cyclictest CPU 3: 87 fail broken",
        ],
        "claims": [],
        "doubts": [
          "tuning-differs",
          "steal",
          "interrupted",
          "missing-cpus",
        ],
        "reasons": [
          "cyclictest max < 20 µs (--threshold) is broken on CPU 3: 87 µs is not < 20 µs.",
          "cyclictest max < 20 µs (--threshold) holds on CPU 2: 14 µs is < 20 µs.",
          "The tuning is not what the profile wants: sysctl:kernel.sched_rt_runtime_us is 950000, wanted -1.",
          "The run was disturbed: 3 s of steal time on CPU 2.",
          "cyclictest was interrupted: SIGINT by the user.",
          "cyclictest did not measure CPU 4 (asked for 2-4, measured CPU 2-3).",
        ],
        "result": "fail",
      }
    `)
  })

  it('when overflowed samples alone prove it', () => {
    const noMax = { ...thread(2, { 3: 1_000_000 }, { overflows: 50 }), maxUs: null }
    expect(
      verdict([judged(cyclictest([noMax]))], ['cyclictest.max<60us', 'cyclictest.over(40us)<=49']).checks,
    ).toMatchInlineSnapshot(`
      [
        "cyclictest CPU 2: >=60 fail broken",
        "cyclictest CPU 2: 50 fail broken",
      ]
    `)
  })

  it('in hwlatdetect by one event, and by more events in part of an hour than an hour may have', () => {
    const event = { timestamp: '1.000000001', cpu: 2, innerUs: 12, outerUs: 15, count: 3 }
    const run = [judged(hwlatdetect({ durationS: 600, wantedDurationS: 600, events: [event] }))]
    expect(
      verdict(run, ['hwlatdetect.max<=10us', 'hwlatdetect.max@2-3<=10us', 'hwlatdetect.count-per-hour<=2']),
    ).toMatchInlineSnapshot(`
      {
        "checks": [
          "hwlatdetect CPU null: 15 fail broken",
          "hwlatdetect CPU 2: >=15 fail broken",
          "hwlatdetect CPU 3: null undecided not-measured",
          "hwlatdetect CPU null: >=3 fail broken",
        ],
        "claims": [],
        "doubts": [],
        "reasons": [
          "hwlatdetect max <= 10 µs (--threshold) is broken: 15 µs is not <= 10 µs.",
          "hwlatdetect max <= 10 µs (--threshold) is broken on CPU 2: at least 15 µs is not <= 10 µs.",
          "hwlatdetect events per hour <= 2 (--threshold) is broken: at least 3 an hour is not <= 2 an hour.",
          "hwlatdetect max <= 10 µs (--threshold) is undecided on CPU 3: CPU 3 was not measured.",
        ],
        "result": "fail",
      }
    `)
  })
})

describe('a run is undecided', () => {
  const one = (run: JudgedMeasurement, options = TUNED, threshold = '*.max<20us') => {
    const { result, reasons } = verdict([run], [threshold], options)
    return [result, ...reasons]
  }

  it('without a threshold, or with none for a tool that was measured', () => {
    expect(verdict([judged(cyclictest(CLEAN))], [])).toMatchInlineSnapshot(`
      {
        "checks": [],
        "claims": [
          "cyclictest: nothing above the 14 µs seen in 1 h, so at 95 % confidence it happens less than 3 times an hour on these CPUs together (rule of three by time).",
          "cyclictest: by samples, fewer than 8.3e-8 of the wake-ups (3 in 36,000,000); they depend on each other and spikes come in bursts, so use the claim by time.",
        ],
        "doubts": [
          "no-threshold",
        ],
        "reasons": [
          "No threshold is set, so there is nothing to pass.",
        ],
        "result": "undecided",
      }
    `)
    expect(
      verdict([judged(cyclictest(CLEAN)), judged(hwlatdetect())], ['cyclictest.max<20us']).reasons,
    ).toMatchInlineSnapshot(`
      [
        "hwlatdetect was measured, but no threshold is set for it.",
        "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
      ]
    `)
  })

  it('when a threshold is set for a tool that was not measured, or nothing was measured at all', () => {
    expect(
      verdict([judged(cyclictest(CLEAN))], ['*.max<20us', 'oslat.max<20us']).reasons,
    ).toMatchInlineSnapshot(`
      [
        "oslat max < 20 µs (--threshold) is undecided: no oslat was measured.",
        "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
      ]
    `)
    expect(verdict([], ['*.max<20us']).reasons).toMatchInlineSnapshot(`
      [
        "Nothing was measured.",
        "any tool max < 20 µs (--threshold) is undecided: nothing was measured.",
      ]
    `)
  })

  it('when not one sample was taken, on one CPU or on all: a maximum of 0 proves nothing', () => {
    expect(
      one(judged(cyclictest([CLEAN[0]!, { ...thread(3, {}), maxUs: 0, minUs: 0 }]))),
    ).toMatchInlineSnapshot(`
      [
        "undecided",
        "cyclictest took not one sample on CPU 3.",
        "cyclictest max < 20 µs (--threshold) is undecided on CPU 3: not one sample was taken.",
        "cyclictest max < 20 µs (--threshold) holds on CPU 2: 14 µs is < 20 µs.",
      ]
    `)
    expect(one(judged(cyclictest([])))).toMatchInlineSnapshot(`
      [
        "undecided",
        "cyclictest took not one sample.",
        "cyclictest max < 20 µs (--threshold) is undecided: no CPU was measured.",
      ]
    `)
  })

  it('when the samples cannot carry the percentile: from 1/(1-p) they can break it, from -ln(0.05)/(1-p) meet it', () => {
    const of = (count: number, us: number) =>
      one(judged(cyclictest([thread(2, { [us]: count })])), TUNED, 'cyclictest.p99.999<=20us')
    expect([of(99_999, 30), of(100_000, 30), of(299_572, 10), of(299_573, 10)]).toMatchInlineSnapshot(`
      [
        [
          "undecided",
          "cyclictest p99.999 <= 20 µs (--threshold) is undecided on CPU 2: 99,999 samples cannot carry p99.999: 299,573 are needed for 95 % confidence.",
        ],
        [
          "fail",
          "cyclictest p99.999 <= 20 µs (--threshold) is broken on CPU 2: 30 µs is not <= 20 µs.",
        ],
        [
          "undecided",
          "cyclictest p99.999 <= 20 µs (--threshold) is undecided on CPU 2: 299,572 samples cannot carry p99.999: 299,573 are needed for 95 % confidence.",
        ],
        [
          "pass",
          "cyclictest p99.999 <= 20 µs (--threshold) holds on CPU 2: 10 µs is <= 20 µs.",
        ],
      ]
    `)
  })

  it('when a CPU was not measured, the run ended early, or the file contradicts itself', () => {
    const finding = {
      code: 'footer-contradicts-rows',
      message: 'the rows add up to 9, the footer says 10',
      trust: false,
    }
    expect([
      one(judged(cyclictest(CLEAN), '2-5')),
      one(judged(cyclictest(CLEAN, { durationS: 3000 }))),
      one(judged(cyclictest(CLEAN, { findings: [finding, { ...finding, trust: true }] }))),
      one(judged(cyclictest(CLEAN), '2-3', 'SIGTERM by systemd')),
    ]).toMatchInlineSnapshot(`
      [
        [
          "undecided",
          "cyclictest did not measure CPU 4-5 (asked for 2-5, measured CPU 2-3).",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
        [
          "undecided",
          "cyclictest ran 50 min of the 1 h asked for.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
        [
          "undecided",
          "cyclictest: the rows add up to 9, the footer says 10.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
        [
          "undecided",
          "cyclictest was interrupted: SIGTERM by systemd.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
      ]
    `)
  })

  it('when the tuning differs, waits for a reboot or is not known, or the run was disturbed', () => {
    const run = judged(cyclictest(CLEAN), '2-3')
    expect([
      one(run, { tuning: { state: 'differs', details: ['a', 'b'] } }),
      one(run, { tuning: { state: 'pending-reboot' } }),
      one(run, { tuning: { state: 'unknown' } }),
      one(run, {
        tuning: { state: 'ok' },
        disturbances: [{ code: 'cpu-hotplug', message: 'CPU 3 went offline.' }],
      }),
    ]).toMatchInlineSnapshot(`
      [
        [
          "undecided",
          "The tuning is not what the profile wants: a; b.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
        [
          "undecided",
          "Part of the tuning waits for a reboot.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
        [
          "undecided",
          "What tuning was in force is not known.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
        [
          "undecided",
          "The run was disturbed: CPU 3 went offline.",
          "cyclictest max < 20 µs (--threshold) holds on both CPUs: the worst is CPU 2, 14 µs is < 20 µs.",
        ],
      ]
    `)
  })

  it('when the criterion is valid from 12 h and the run was shorter', () => {
    const threshold = {
      ...parseThresholdArgument('cyclictest.max<20us'),
      criterion: 'OpenShift',
      validFromS: 43_200,
    }
    const hours = (h: number) => cyclictest(CLEAN, { durationS: h * 3600, wantedDurationS: h * 3600 })
    expect(told([judged(hours(1))], [threshold]).reasons).toMatchInlineSnapshot(`
      [
        "cyclictest max < 20 µs (OpenShift, --threshold) is undecided on both CPUs: for example CPU 2, it ran 1 h, and 12 h are needed (14 µs is < 20 µs).",
      ]
    `)
    expect(told([judged(hours(12))], [threshold]).result).toBe('pass')
    expect(told([judged({ ...hours(1), cpus: LATE })], [threshold]).result).toBe('fail')
  })
})

it('a run of unknown length allows a claim by its samples alone, and is told that it claims too much', () => {
  const run = judged(cyclictest(CLEAN, { durationS: null, wantedDurationS: null }))
  expect(verdict([run], ['*.max<20us']).claims).toEqual([
    'cyclictest: nothing at or above 20 µs in 36,000,000 wake-ups, so at 95 % confidence fewer than 8.3e-8 of the wake-ups (rule of three by samples); they depend on each other and spikes come in bursts, so this claims too much.',
  ])
})

it('many CPUs make one sentence for each limit and outcome', () => {
  const cpus = Array.from({ length: 62 }, (_, i) =>
    thread(i + 2, { 3: 1_000_000, [i % 20 === 19 ? 41 + i : 9]: 1 }),
  )
  expect(verdict([judged(cyclictest(cpus), '2-63')], ['cyclictest.max<20us']).reasons).toMatchInlineSnapshot(`
    [
      "cyclictest max < 20 µs (--threshold) is broken on CPU 21,41,61 (3 of 62): the worst is CPU 61, 100 µs is not < 20 µs.",
      "cyclictest max < 20 µs (--threshold) holds on CPU 2-20,22-40,42-60,62-63 (59 of 62): 9 µs is < 20 µs.",
    ]
  `)
})
