import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../../src/core/latency/histogram.ts'
import type { CpuMeasurement } from '../../../src/core/latency/measurement.ts'
import { allCpus, mergeHistograms } from '../../../src/core/latency/merge.ts'
import { PERCENTILES, percentile, percentileRank } from '../../../src/core/latency/percentile.ts'
import {
  histogramMaxUs,
  histogramMeanUs,
  histogramMinUs,
  samplesAbove,
  survival,
} from '../../../src/core/latency/survival.ts'

const ofUs = (counts: [number, number][], overflows = 0, fromUs: number | null = null) =>
  Histogram.of({ bucketNs: 1000, counts, overflows, overflowFromNs: fromUs === null ? null : fromUs * 1000 })
const samples = fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 300 })
const ofSamples = (values: number[]) => ofUs(values.map((value) => [value, 1]))

describe('A percentile', () => {
  it('is the nearest rank: the smallest value with at least that share of samples at or below it', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(...PERCENTILES), (values, percent) => {
        const sorted = [...values].sort((a, b) => a - b)
        const rank = Math.ceil(Number(((Number(percent) / 100) * values.length).toFixed(9)))
        expect(percentile(ofSamples(values), percent)).toEqual({ us: sorted[rank - 1], lowerBound: false })
      }),
    )
  })

  it('has an exact rank where floating point has none', () => {
    expect([
      percentileRank(1000, '99.9'),
      percentileRank(1_000_000, '99.9999'),
      percentileRank(9_007_199_254_740_991, '99.9999'),
      percentileRank(3, '50'),
    ]).toEqual([999, 999_999, 9_007_190_247_541_737, 2])
  })

  it('counts overflow and is a lower bound there, never the value of the last bucket', () => {
    const histogram = ofUs(
      [
        [5, 98],
        [9, 1],
      ],
      1,
      30,
    )
    expect(PERCENTILES.map((percent) => percentile(histogram, percent))).toEqual([
      { us: 5, lowerBound: false },
      { us: 5, lowerBound: false },
      { us: 9, lowerBound: false },
      { us: 30, lowerBound: true },
      { us: 30, lowerBound: true },
      { us: 30, lowerBound: true },
      { us: 30, lowerBound: true },
    ])
  })

  it('is unknown without samples, with rows missing, or in an overflow that begins nobody knows where', () => {
    expect(percentile(ofUs([]), '99')).toBe(null)
    expect(percentile(Histogram.of({ bucketNs: 1000, counts: [[1, 5]], complete: false }), '50')).toBe(null)
    expect(percentile(ofUs([], 7), '99')).toBe(null)
  })

  it('in a bucket of 10 us is its largest whole us', () => {
    expect(
      percentile(Histogram.of({ bucketNs: 10_000, resolutionNs: 1000, counts: [[3, 1]] }), '99'),
    ).toEqual({ us: 39, lowerBound: false })
  })

  it('of 0 or more than 100 is refused', () => {
    for (const wrong of ['0', '100.1', '-1', 'x', ''])
      expect(() => percentile(ofUs([[1, 1]]), wrong)).toThrow(`'${wrong}' is not a percentile`)
  })
})

describe('Merging', () => {
  it('is the histogram of all the samples', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 5 }), (lists) => {
        expect(mergeHistograms(lists.map(ofSamples)).toJSON()).toEqual(ofSamples(lists.flat()).toJSON())
      }),
    )
  })

  it('goes to the coarser bucket when the finer ones fit whole, and is refused when they do not', () => {
    const fine = Histogram.of({
      bucketNs: 1000,
      counts: [
        [9, 1],
        [10, 2],
        [19, 3],
      ],
    })
    const coarse = Histogram.of({ bucketNs: 10_000, resolutionNs: 1000, counts: [[1, 4]] })
    expect(mergeHistograms([fine, coarse]).toJSON()).toEqual({
      bucketNs: 10_000,
      originNs: 0,
      resolutionNs: 1000,
      counts: { 0: 1, 1: 9 },
      overflows: 0,
      overflowFromNs: null,
    })
    const odd = Histogram.of({ bucketNs: 1500, counts: [[1, 1]] })
    expect(() => mergeHistograms([fine, odd])).toThrow('do not fit whole')
  })

  it('lets overflow begin where the lowest begins, so that a percentile above it is only a lower bound', () => {
    const merged = mergeHistograms([
      ofUs([[5, 50]], 1, 30),
      ofUs(
        [
          [5, 48],
          [70, 1],
        ],
        0,
        100,
      ),
    ])
    expect([
      merged.overflowFromNs,
      percentile(merged, '98'),
      percentile(merged, '99'),
      percentile(merged, '100'),
    ]).toEqual([
      30_000,
      { us: 5, lowerBound: false },
      { us: 30, lowerBound: true },
      { us: 70, lowerBound: true },
    ])
  })
})

describe('Survival', () => {
  it('says how many samples are above each bucket, overflow included', () => {
    expect([
      ...survival(
        ofUs(
          [
            [1, 5],
            [4, 2],
          ],
          3,
          10,
        ),
      ),
    ]).toEqual([
      { us: 1, above: 5 },
      { us: 4, above: 3 },
    ])
  })

  it('counts the samples above a budget, or the range when overflow or a bucket straddles it', () => {
    const histogram = ofUs(
      [
        [1, 5],
        [20, 2],
      ],
      3,
      30,
    )
    expect([
      samplesAbove(histogram, 20),
      samplesAbove(histogram, 19),
      samplesAbove(histogram, 29),
      samplesAbove(histogram, 30),
      samplesAbove(histogram, 100),
    ]).toEqual([
      { atLeast: 3, atMost: 3 },
      { atLeast: 5, atMost: 5 },
      { atLeast: 3, atMost: 3 },
      { atLeast: 0, atMost: 3 },
      { atLeast: 0, atMost: 3 },
    ])
    const wide = Histogram.of({ bucketNs: 10_000, resolutionNs: 1000, counts: [[2, 4]] })
    expect(samplesAbove(wide, 25)).toEqual({ atLeast: 0, atMost: 4 })
  })
})

describe('Exactness', () => {
  it('holds for counts beyond 32 bits, and a total beyond 2^53 is refused', () => {
    const histogram = ofUs([
      [3, 2 ** 40],
      [300, 1],
      [999_999, 2 ** 33],
    ])
    expect([
      histogram.samples,
      [...histogram.entries()],
      histogram.firstBucket,
      histogram.lastBucket,
    ]).toEqual([
      2 ** 40 + 2 ** 33 + 1,
      [
        [3, 2 ** 40],
        [300, 1],
        [999_999, 2 ** 33],
      ],
      3,
      999_999,
    ])
    expect(histogram.indexSum()).toBe(3 * 2 ** 40 + 300 + 999_999 * 2 ** 33)
    expect(ofUs([[999_999, 2 ** 40]]).indexSum()).toBe(999_999n * 2n ** 40n)
    expect(() =>
      ofUs([
        [1, 2 ** 53 - 1],
        [2, 1],
      ]),
    ).toThrow('more than 2^53 - 1 samples')
  })

  it('holds for minimum, maximum and mean', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const histogram = ofSamples(values)
        expect([histogramMinUs(histogram)!.us, histogramMaxUs(histogram)!.us]).toEqual([
          Math.min(...values),
          Math.max(...values),
        ])
        expect(histogramMeanUs(histogram)!.us).toBeCloseTo(
          values.reduce((a, b) => a + b, 0) / values.length,
          9,
        )
      }),
    )
    expect([histogramMaxUs(ofUs([[1, 1]], 2, 30)), histogramMeanUs(ofUs([[2, 1]], 1, 30))]).toEqual([
      { us: 30, lowerBound: true },
      { us: 16, lowerBound: true },
    ])
  })
})

describe('All CPUs', () => {
  const cpu = (fields: Partial<CpuMeasurement>): CpuMeasurement => ({
    cpu: 0,
    thread: 0,
    context: null,
    samples: 4,
    minUs: 1,
    meanUs: 2,
    maxUs: 3,
    histogram: null,
    ...fields,
  })
  it('are one line, weighted by samples, and a thread without samples adds nothing', () => {
    const idle = cpu({ samples: 0, minUs: null, meanUs: null, maxUs: null })
    expect(
      allCpus({ cpus: [cpu({}), cpu({ cpu: 1, samples: 12, minUs: 0, meanUs: 6, maxUs: 9 }), idle] }),
    ).toEqual([
      { cpu: null, thread: null, context: null, samples: 16, minUs: 0, meanUs: 5, maxUs: 9, histogram: null },
    ])
  })

  it('keep the contexts of rtla apart, as their sum is the distribution of nothing', () => {
    expect(
      allCpus({ cpus: [cpu({ context: 'irq' }), cpu({ context: 'thread', maxUs: 7 })] }).map((all) => [
        all.context,
        all.maxUs,
      ]),
    ).toEqual([
      ['irq', 3],
      ['thread', 7],
    ])
  })

  it('have no maximum when one thread with samples has none', () => {
    expect(allCpus({ cpus: [cpu({}), cpu({ maxUs: null })] })[0]!.maxUs).toBe(null)
  })
})
