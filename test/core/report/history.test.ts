import { describe, expect, it } from 'vitest'
import { aggregate } from '../../../src/core/report/aggregate-runs.ts'
import { compareRuns } from '../../../src/core/report/compare-runs.ts'
import { recordMeasurement } from '../../../src/core/report/measurement-record.ts'
import { parseRunJson, toRunJson } from '../../../src/core/report/run-json.ts'
import type { RunRecord } from '../../../src/core/report/run-record.ts'
import { cyclictest, thread } from '../verdict/made.ts'
import { failingRun, passingRun, undecidedRun } from './made-runs.ts'

const run = (id: string, rows: Record<number, number>, beyond = {}): RunRecord => ({
  ...passingRun(),
  id,
  measurements: [recordMeasurement(cyclictest([thread(2, rows, beyond)]), 'cyclictest')],
})
const told = (before: RunRecord, after: RunRecord) => {
  const { moves, regression, notCompared } = compareRuns(before, after)
  return {
    moves: moves.map(
      (m) =>
        `${m.tool}${m.cpu === null ? '' : ` CPU ${m.cpu}`} ${m.metric} ${m.beforeUs} -> ${m.afterIsLowerBound ? '>=' : ''}${m.afterUs} ${m.kind}`,
    ),
    regression,
    notCompared,
  }
}

describe('a run against its baseline', () => {
  const baseline = run('a', { 3: 990_000, 8: 9_990, 12: 10 })

  it('is no regression when nothing moved by more than a bucket and a tenth', () => {
    expect(told(baseline, run('b', { 4: 990_000, 9: 9_990, 13: 10 }))).toEqual({
      moves: [],
      regression: false,
      notCompared: ['cyclictest (all CPUs): too few samples to compare p99.9999.'],
    })
  })

  it('says which percentile became worse, and which better', () => {
    expect(told(baseline, run('b', { 1: 980_000, 18: 19_990, 22: 10 }))).toEqual({
      moves: [
        'cyclictest p50 3 -> 1 better',
        'cyclictest p99 3 -> 18 worse',
        'cyclictest p99.9 8 -> 18 worse',
        'cyclictest p99.99 8 -> 18 worse',
        'cyclictest p99.999 8 -> 18 worse',
        'cyclictest max 12 -> 22 worse',
      ],
      regression: true,
      notCompared: ['cyclictest (all CPUs): too few samples to compare p99.9999.'],
    })
  })

  it('shows a larger maximum alone, and calls it no regression', () => {
    expect(told(baseline, run('b', { 3: 990_000, 8: 9_990, 50: 1 }))).toEqual({
      moves: ['cyclictest max 12 -> 50 worse'],
      regression: false,
      notCompared: ['cyclictest (all CPUs): too few samples to compare p99.9999.'],
    })
  })

  it('counts a percentile in the overflow as worse by what is certain, and compares none of too few samples', () => {
    expect(told(baseline, run('b', { 3: 990_000 }, { overflows: 20_000, maxUs: 99 })).moves).toEqual([
      'cyclictest p99 3 -> >=60 worse',
      'cyclictest p99.9 8 -> >=60 worse',
      'cyclictest p99.99 8 -> >=60 worse',
      'cyclictest p99.999 8 -> >=60 worse',
      'cyclictest max 12 -> 99 worse',
    ])
    expect(told(baseline, run('b', { 30: 400 }))).toEqual({
      moves: [
        'cyclictest p50 3 -> 30 worse',
        'cyclictest p99 3 -> 30 worse',
        'cyclictest max 12 -> 30 worse',
      ],
      regression: true,
      notCompared: ['cyclictest (all CPUs): too few samples to compare p99.9, p99.99, p99.999, p99.9999.'],
    })
  })

  it('names a measurement that only one of the two has', () => {
    expect(told(passingRun(), undecidedRun()).notCompared).toEqual([
      'cyclictest (all CPUs, CPU 2): too few samples to compare p99.999, p99.9999.',
      'cyclictest (CPU 3): too few samples to compare p50, p99, p99.9, p99.99, p99.999, p99.9999.',
      'firmware (hwlatdetect): the baseline has no such measurement.',
      'oslat: only the baseline has this measurement.',
    ])
  })
})

it('one CPU that became worse is found beside many that did not', () => {
  const wide = (id: string, rows: Record<number, number>): RunRecord => ({
    ...passingRun(),
    id,
    measurements: [
      recordMeasurement(
        cyclictest([thread(2, { 3: 1000 }), thread(3, { 3: 1000 }), thread(4, rows)]),
        'cyclictest',
      ),
    ],
  })
  expect(told(wide('a', { 3: 1000 }), wide('b', { 3: 998, 30: 2 }))).toEqual({
    moves: ['cyclictest max 3 -> 30 worse', 'cyclictest CPU 4 max 3 -> 30 worse'],
    regression: false,
    notCompared: [
      'cyclictest (all CPUs): too few samples to compare p99.99, p99.999, p99.9999.',
      'cyclictest (CPU 2-4): too few samples to compare p99.9, p99.99, p99.999, p99.9999.',
    ],
  })
  expect(told(wide('a', { 3: 1000 }), wide('b', { 3: 900, 30: 100 })).moves).toEqual([
    'cyclictest p99 3 -> 30 worse',
    'cyclictest p99.9 3 -> 30 worse',
    'cyclictest max 3 -> 30 worse',
    'cyclictest CPU 4 p99 3 -> 30 worse',
    'cyclictest CPU 4 max 3 -> 30 worse',
  ])
})

it('1,000 runs of four CPUs are added up exactly', () => {
  const text = JSON.stringify(toRunJson(failingRun()))
  const one = aggregate([failingRun()])[0]!
  const runs = Array.from({ length: 1000 }, (_, i) => parseRunJson(text, `${i}.json`))
  const [all] = aggregate(runs)
  expect(all).toEqual({ ...one, runs: 1000, samples: one.samples * 1000 })
})

describe('a run record', () => {
  it('is the same after it was written and read again', () => {
    for (const made of [passingRun(), failingRun(), undecidedRun()]) {
      expect(parseRunJson(JSON.stringify(toRunJson(made)), 'run.json')).toEqual(
        JSON.parse(JSON.stringify(made)),
      )
    }
  })

  it.each([
    ['', 'this is not JSON'],
    ['[]', 'this is no run record'],
    ['{}', 'schemaVersion is missing, this program reads 1'],
    ['{"schemaVersion":2}', 'schemaVersion is 2, this program reads 1'],
    ['{"schemaVersion":1}', 'measurements, thresholds or verdict are missing'],
  ])('%j is refused', (text, message) => {
    expect(() => parseRunJson(text, 'run.json')).toThrow(message)
  })
})
