import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeError, QuietcoreError } from '../../../src/core/errors.ts'
import { parseSuite } from '../../../src/core/suite/parse-suite.ts'

const refused = (text: string) => {
  try {
    return `accepted: ${JSON.stringify(parseSuite('x/s.conf', text))}`
  } catch (error) {
    if (!(error instanceof QuietcoreError)) throw error
    return describeError(error)
  }
}
const STEP = '[step a]\ntool = cyclictest\nduration = 10s\n'

describe('the shipped suites', () => {
  const shipped = readdirSync('suites')
    .sort()
    .map((file) => parseSuite(`suites/${file}`, readFileSync(`suites/${file}`, 'utf8')))

  it('say what they run and by what they judge', () => {
    const summary = shipped.map((suite) => ({
      name: suite.name,
      load: suite.load,
      steps: suite.steps.map(({ place, name, ...step }) => `${name}: ${JSON.stringify(step)}`),
      thresholds: suite.thresholds.map(
        (t) =>
          `${t.tool}.${t.metric} ${t.comparison} ${t.limit} ${t.unit}, ${t.criterion}, ${t.validFromS ?? 'any length'}, ${t.origin}`,
      ),
    }))
    expect(summary).toEqual([
      {
        name: 'acceptance',
        load: 'stress-ng',
        steps: [
          'cyclictest: {"tool":"cyclictest","durationS":43200,"intervalUs":200,"priority":95,"histogramBuckets":60}',
          'oslat: {"tool":"oslat","durationS":43200,"priority":1,"workload":"memmove","memory":"4K"}',
        ],
        thresholds: [
          'cyclictest.max < 20 us, OpenShift, 43200, suites/acceptance.conf:29',
          'oslat.max < 20 us, OpenShift, 43200, suites/acceptance.conf:30',
          'cyclictest.max <= 40 us, RHEL RT, 43200, suites/acceptance.conf:35',
          'oslat.max <= 20 us, RHEL RT, 43200, suites/acceptance.conf:36',
        ],
      },
      {
        name: 'quick',
        load: 'stress-ng',
        steps: [
          'cyclictest: {"tool":"cyclictest","durationS":300,"intervalUs":200,"priority":95,"histogramBuckets":60}',
          'oslat: {"tool":"oslat","durationS":300,"priority":1,"workload":"memmove","memory":"4K"}',
        ],
        thresholds: [
          'cyclictest.max <= 40 us, RHEL RT, any length, suites/quick.conf:24',
          'cyclictest.p99.999 <= 40 us, RHEL RT, any length, suites/quick.conf:25',
          'oslat.max <= 20 us, RHEL RT, any length, suites/quick.conf:26',
        ],
      },
      {
        name: 'smoke',
        load: 'none',
        steps: [
          'cyclictest: {"tool":"cyclictest","durationS":10,"intervalUs":200,"priority":95,"histogramBuckets":100}',
        ],
        thresholds: ['cyclictest.max <= 100 us, gross faults, any length, suites/smoke.conf:15'],
      },
      {
        name: 'talk',
        load: 'fork-signal',
        steps: [
          'short: {"tool":"cyclictest","durationS":60,"intervalUs":200,"priority":95,"histogramBuckets":60}',
          'long: {"tool":"cyclictest","durationS":86400,"intervalUs":200,"priority":95,"histogramBuckets":100}',
        ],
        thresholds: ['cyclictest.max <= 50 us, KVM-RT guest, any length, suites/talk.conf:27'],
      },
    ])
  })
})

describe('a suite', () => {
  it('holds everything that can be said in one', () => {
    const text = `# ours
[suite]
title = Nightly; with a semicolon # and a hash
cpus = 2-3,5
load = none
default-system = no
on-calendar = Sun 02:00
randomized-delay = 30min
only-when-idle = no
fail-fast = yes

[step hw]
tool = hwlatdetect
duration = 1h
threshold = 10us
width = 950ms
window = 1s

[thresholds]
hwlatdetect.max = <10us
`
    expect(parseSuite('/etc/quietcore/suites.d/nightly.conf', text)).toEqual({
      name: 'nightly',
      path: '/etc/quietcore/suites.d/nightly.conf',
      title: 'Nightly; with a semicolon # and a hash',
      cpus: '2-3,5',
      load: 'none',
      defaultSystem: false,
      onCalendar: 'Sun 02:00',
      randomizedDelay: '30min',
      schedulePlaces: {
        onCalendar: { file: '/etc/quietcore/suites.d/nightly.conf', line: 7 },
        randomizedDelay: { file: '/etc/quietcore/suites.d/nightly.conf', line: 8 },
      },
      onlyWhenIdle: false,
      failFast: true,
      steps: [
        {
          name: 'hw',
          tool: 'hwlatdetect',
          durationS: 3600,
          thresholdUs: 10,
          widthUs: 950_000,
          windowUs: 1_000_000,
          place: { file: '/etc/quietcore/suites.d/nightly.conf', line: 12 },
        },
      ],
      thresholds: [
        {
          tool: 'hwlatdetect',
          metric: 'max',
          unit: 'us',
          comparison: '<',
          limit: 10,
          origin: '/etc/quietcore/suites.d/nightly.conf:20',
        },
      ],
    })
  })

  it.each([
    ['', 'x/s.conf: the suite has no step\n  Add [step NAME] with tool and duration.'],
    ['a = 1', 'x/s.conf:1: an option stands before the first [section]'],
    ['[suite]\nfail-fast', "x/s.conf:2: 'fail-fast' is not 'option = value'"],
    [
      `${STEP}tool = oslat`,
      "x/s.conf:4: 'tool' is set twice in one section (first on line 2)\n  Keep one of the two.",
    ],
    [`${STEP}${STEP}`, 'x/s.conf:4: [step a] is there twice (first on line 1)'],
    [
      `${STEP}[a.b]`,
      'x/s.conf:4: [a.b] is no section of a suite\n  A suite has [suite], [step NAME] and [thresholds] or [thresholds CRITERION].',
    ],
    [`${STEP}[thresholds`, "x/s.conf:4: '[thresholds' is not a section: wanted '[type]' or '[type label]'"],
    [
      `[step ../../etc]\ntool = oslat\nduration = 1s`,
      "x/s.conf:1: '../../etc' is no name of a step\n  Use letters, digits, dots, dashes and underscores.",
    ],
    [
      `[step a]\ntool = oslat`,
      "x/s.conf:1: 'duration' is missing\n  It has: tool, duration, interval, priority, histogram, distance, threshold, width, window, workload, memory.",
    ],
    [
      `[step a]\ntool = oslat\nduration = 10`,
      "x/s.conf:3: duration = 10: '10' is not a duration above zero. Write a number and its unit: '60s', '10min', '12h', '1d'.",
    ],
    [
      `[step a]\ntool = jitter\nduration = 10s`,
      'x/s.conf:2: tool = jitter: is none of cyclictest, hwlatdetect, oslat, rtla-timerlat, rtla-osnoise',
    ],
    [`${STEP}priority = 100`, 'x/s.conf:4: priority = 100: is above 99'],
    [
      `${STEP}width = 1s`,
      "x/s.conf:4: cyclictest has no 'width'\n  It has: interval, priority, histogram, distance.",
    ],
    [
      `${STEP}colour = red`,
      "x/s.conf:4: 'colour' is no option of [step]\n  It has: tool, duration, interval, priority, histogram, distance, threshold, width, window, workload, memory.",
    ],
    [
      `${STEP}__proto__ = red`,
      "x/s.conf:4: '__proto__' is no option of [step]\n  It has: tool, duration, interval, priority, histogram, distance, threshold, width, window, workload, memory.",
    ],
    [
      `${STEP}[suite]\ncpus = 3-1`,
      "x/s.conf:5: cpus = 3-1: the CPU list '3-1' cannot be read: the range '3-1' runs backwards (column 1). Write it as the kernel does: numbers and ranges split by commas, for example '2-5,8'.",
    ],
    [`${STEP}[suite]\nfail-fast = maybe`, "x/s.conf:5: fail-fast = maybe: is neither 'yes' nor 'no'"],
    [
      `${STEP}[thresholds]\ncyclictest.max = 20us`,
      "x/s.conf:5: 'cyclictest.max = 20us' does not state its comparison\n  Write '<20us' (equal fails) or '<=20us' (equal passes).",
    ],
  ])('%j is refused with its line', (text, message) => {
    expect(refused(text)).toBe(message)
  })
})
