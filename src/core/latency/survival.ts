import type { Histogram } from './histogram.ts'
import type { Quantity } from './percentile.ts'

/** How many samples are above a budget: `atLeast === atMost` when the histogram can tell exactly. */
export interface SamplesAbove {
  atLeast: number
  atMost: number
}

/**
 * Samples strictly above `budgetUs`. Overflowed samples are above for certain when overflow starts above the budget;
 * a bucket that the budget cuts, or an overflow that starts at or below it, leaves a range; missing rows leave `atMost` infinite.
 */
export function samplesAbove(histogram: Histogram, budgetUs: number): SamplesAbove {
  let atLeast = 0
  let atMost = 0
  for (const [bucket, count] of histogram.entries()) {
    if (histogram.lowerUs(bucket) > budgetUs) atLeast += count
    if (histogram.upperUs(bucket) > budgetUs) atMost += count
  }
  const { overflows, overflowFromNs } = histogram
  if (overflowFromNs !== null && overflowFromNs / 1000 > budgetUs) atLeast += overflows
  return { atLeast, atMost: histogram.complete ? atMost + overflows : Number.POSITIVE_INFINITY }
}

/** Survival function: for each non-empty bucket its value (us) and how many samples are above that bucket. */
export function* survival(histogram: Histogram): Generator<{ us: number; above: number }> {
  let above = histogram.samples
  for (const [bucket, count] of histogram.entries()) {
    above -= count
    yield { us: histogram.upperUs(bucket), above }
  }
}

/** Smallest value that the histogram holds, us (lower bound of its bucket); null without samples. */
export function histogramMinUs(histogram: Histogram): Quantity | null {
  const first = histogram.firstBucket
  return first === -1 ? overflowOnly(histogram) : { us: histogram.lowerUs(first), lowerBound: false }
}

/** Largest value that the histogram holds, us; a lower bound as soon as one sample overflowed. */
export function histogramMaxUs(histogram: Histogram): Quantity | null {
  const last = histogram.lastBucket
  const overflow = overflowOnly(histogram)
  if (last === -1) return overflow
  const us = histogram.upperUs(last)
  if (histogram.overflows === 0) return { us, lowerBound: !histogram.complete }
  return { us: Math.max(us, overflow?.us ?? 0), lowerBound: true }
}

/** Mean of the lower bounds of the buckets, us, summed in exact integers; overflowed samples count at their bound. */
export function histogramMeanUs(histogram: Histogram): Quantity | null {
  const { samples, overflows, overflowFromNs, originNs, bucketNs } = histogram
  if (samples === 0 || !histogram.complete || (overflows > 0 && overflowFromNs === null)) return null
  const buckets = Number(histogram.indexSum())
  const sumNs = buckets * bucketNs + originNs * histogram.counted + overflows * (overflowFromNs ?? 0)
  return { us: sumNs / samples / 1000, lowerBound: overflows > 0 }
}

function overflowOnly({ overflows, overflowFromNs }: Histogram): Quantity | null {
  return overflows === 0 || overflowFromNs === null ? null : { us: overflowFromNs / 1000, lowerBound: true }
}
