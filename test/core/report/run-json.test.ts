import { expect, it } from 'vitest'
import { recordMeasurement } from '../../../src/core/report/measurement-record.ts'
import { toRunJson } from '../../../src/core/report/run-json.ts'
import { cyclictest, thread } from '../verdict/made.ts'
import { failingRun, passingRun } from './made-runs.ts'

it('a percentile is null where it lies in the overflow, with its lower bound, and where the samples are too few', () => {
  const late = thread(2, { 3: 9_900 }, { overflows: 100, maxUs: 75 })
  const { cpus, all } = recordMeasurement(cyclictest([late, thread(3, {})]), null)
  const { histogram, ...numbers } = cpus[0]!
  expect(numbers).toEqual({
    cpu: 2,
    thread: 2,
    context: null,
    samples: 10_000,
    minUs: 3,
    meanUs: 3,
    maxUs: 75,
    overflows: 100,
    percentilesUs: {
      '50': 3,
      '90': 3,
      '99': 3,
      '99.9': null,
      '99.99': null,
      '99.999': null,
      '99.9999': null,
    },
    percentilesAtLeastUs: { '99.9': 60, '99.99': 60 },
  })
  expect(histogram).toEqual({
    bucketNs: 1000,
    originNs: 0,
    resolutionNs: 1000,
    counts: { '3': 9900 },
    overflows: 100,
    overflowFromNs: 60_000,
  })
  expect([cpus[1]!.samples, cpus[1]!.maxUs, cpus[1]!.percentilesUs['50'], all!.samples, all!.maxUs]).toEqual([
    0,
    null,
    null,
    10_000,
    75,
  ])
})

it('of rtla timerlat has all contexts, and the last one of the path as all', () => {
  const contexts = (['irq', 'thread', 'user'] as const).map((context, i) => ({
    ...thread(2, { [i + 1]: 10 }),
    context,
  }))
  const { all, allByContext } = recordMeasurement(cyclictest(contexts, { tool: 'rtla-timerlat' }), null)
  expect([all!.context, all!.maxUs, allByContext!.map((one) => `${one.context} ${one.maxUs}`)]).toEqual([
    'user',
    3,
    ['irq 1', 'thread 2', 'user 3'],
  ])
})

const TOP = ['tool', 'toolVersion', 'argv', 'cpus', 'all', 'findings']

it('one measurement is on top as well, without its histograms', () => {
  const run = toRunJson(failingRun())
  expect(Object.keys(run).slice(0, 8)).toEqual(['schemaVersion', 'id', ...TOP])
  expect(JSON.stringify(run.cpus)).not.toContain('histogram')
})

it('measurements of several tools have their CPUs and findings on top, and neither a tool nor a sum', () => {
  const run = passingRun()
  const { tool, cpus, all, findings } = toRunJson(run)
  const each = run.measurements.map((one) => one.cpus.map(({ histogram, ...cpu }) => cpu))
  expect([tool, all, cpus, findings]).toEqual([
    null,
    null,
    each.flat(),
    run.measurements.flatMap((one) => one.findings),
  ])
  expect(Object.keys(toRunJson(run)).slice(2, 8)).toEqual(TOP)
})

it('two measurements of one tool are added up on top: each sample counts once', () => {
  const short = recordMeasurement(cyclictest([thread(2, { 3: 9_000 }, { maxUs: 3 })]), null)
  const long = recordMeasurement(
    cyclictest([thread(2, { 3: 900, 8: 100 }, { overflows: 1, maxUs: 75 })]),
    null,
  )
  const { tool, argv, cpus, all } = toRunJson({ ...failingRun(), measurements: [short, long] })
  expect([tool, argv, cpus]).toEqual([
    'cyclictest',
    short.argv,
    [short, long].map(({ cpus: [cpu] }) => ({ ...cpu, histogram: undefined })),
  ])
  expect(all).toEqual({
    cpu: null,
    thread: null,
    context: null,
    samples: 10_001,
    minUs: 3,
    meanUs: (9_000 * short.all!.meanUs! + 1_001 * long.all!.meanUs!) / 10_001,
    maxUs: 75,
    overflows: 1,
    percentilesUs: {
      '50': 3,
      '90': 3,
      '99': 8,
      '99.9': 8,
      '99.99': 8,
      '99.999': null,
      '99.9999': null,
    },
  })
})

it('a histogram with holes gives the sum no percentile', () => {
  const whole = recordMeasurement(cyclictest([thread(2, { 3: 9_000 }, { maxUs: 3 })]), null)
  const holes = { ...whole.all!, percentilesUs: { ...whole.all!.percentilesUs, '50': null } }
  const { all } = toRunJson({ ...failingRun(), measurements: [whole, { ...whole, all: holes }] })
  expect(all).toMatchObject({ samples: 18_000, overflows: null, percentilesUs: { '50': null } })
})
