import { expect, test } from 'vitest'
import { parseSuite } from '../../../src/core/suite/parse-suite.ts'
import { parseThresholdArgument } from '../../../src/core/verdict/parse-threshold.ts'
import { chooseSuite, type SuiteChoice } from '../../../src/engine/measure/choose-suite.ts'

const SMOKE = `[suite]
cpus = isolated
[step a]
tool = cyclictest
duration = 10s
[step b]
tool = oslat
duration = 20s
[thresholds]
cyclictest.max = <100us
oslat.max = <50us
`
const LIBRARY = { load: (name: string) => parseSuite(`/suites/${name}.conf`, SMOKE), names: () => ['smoke'] }

function choose(choice: Partial<SuiteChoice>) {
  const suite = chooseSuite({ thresholds: [], profileThresholds: [], ...choice }, LIBRARY)
  const { name, cpus, load, failFast } = suite
  return {
    suite: `${name} ${cpus} ${load}${failFast ? ' fail-fast' : ''}`,
    steps: suite.steps.map((step) => `${step.name} ${step.tool} ${step.durationS} s`),
    thresholds: suite.thresholds.map(
      (one) => `${one.tool}.${one.metric} ${one.comparison}${one.limit} ${one.origin}`,
    ),
  }
}

test('without a name the smoke test is run as it is written', () => {
  expect(choose({})).toEqual({
    suite: 'smoke isolated none',
    steps: ['a cyclictest 10 s', 'b oslat 20 s'],
    thresholds: ['cyclictest.max <100 /suites/smoke.conf:10', 'oslat.max <50 /suites/smoke.conf:11'],
  })
})

test('the command line wins over the suite, threshold by threshold', () => {
  const thresholds = [
    parseThresholdArgument('cyclictest.max=<=30us'),
    parseThresholdArgument('oslat.p99.9<10us'),
  ]
  expect(
    choose({ name: 'quick', cpus: '2-3', durationS: 60, load: 'stress-ng', failFast: true, thresholds }),
  ).toEqual({
    suite: 'quick 2-3 stress-ng fail-fast',
    steps: ['a cyclictest 60 s', 'b oslat 60 s'],
    thresholds: [
      'oslat.max <50 /suites/quick.conf:11',
      'cyclictest.max <=30 --threshold',
      'oslat.p99.9 <10 --threshold',
    ],
  })
})

test('one tool of a suite takes along only its own thresholds', () => {
  expect(choose({ name: 'smoke', tool: 'oslat' })).toEqual({
    suite: 'smoke isolated none',
    steps: ['b oslat 20 s'],
    thresholds: ['oslat.max <50 /suites/smoke.conf:11'],
  })
})

test('a tool without a suite runs alone, judged by the profile’s thresholds for it', () => {
  const profileThresholds = ['cyclictest.max<20us', 'hwlatdetect.max<=10us'].map(parseThresholdArgument)
  expect(choose({ tool: 'hwlatdetect', profileThresholds })).toEqual({
    suite: 'hwlatdetect isolated none',
    steps: ['hwlatdetect hwlatdetect 10 s'],
    thresholds: ['hwlatdetect.max <=10 --threshold'],
  })
})

test('a suite that lacks the tool says so', () => {
  expect(() => choose({ name: 'smoke', tool: 'rtla-osnoise' })).toThrow(
    expect.objectContaining({
      exitCode: 2,
      code: 'no-such-step',
      next: 'Leave the suite out to run rtla-osnoise alone, or choose one of cyclictest, oslat.',
    }),
  )
})
