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

it('one measurement is on top as well, without its histograms; of several only the findings are', () => {
  expect(Object.keys(toRunJson(failingRun())).slice(0, 8)).toEqual([
    'schemaVersion',
    'id',
    'tool',
    'toolVersion',
    'argv',
    'cpus',
    'all',
    'findings',
  ])
  expect(JSON.stringify(toRunJson(failingRun()).cpus)).not.toContain('histogram')
  expect(Object.keys(toRunJson(passingRun())).slice(0, 4)).toEqual([
    'schemaVersion',
    'id',
    'findings',
    'quietcoreVersion',
  ])
})
