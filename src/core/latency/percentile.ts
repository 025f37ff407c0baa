import { InputError } from '../errors.ts'
import type { Histogram } from './histogram.ts'

/** The percentiles that reports show, as keys. */
export const PERCENTILES = ['50', '90', '99', '99.9', '99.99', '99.999', '99.9999'] as const

export interface Quantity {
  us: number
  /** true: the true value is this or more, because overflowed samples have no value */
  lowerBound: boolean
}

/**
 * Nearest-rank percentile: the smallest value v such that at least ceil(p/100 * N) of the N samples are <= v. Overflowed
 * samples count in N. A rank that may lie among them gives a lower bound. Within a bucket wider than the tool's
 * resolution the largest value of the bucket is given, never an optimistic one.
 * `percent` is decimal text, so that the rank is computed exactly (99.9 % of 1000 is rank 999).
 * null without samples, when rows are missing (`complete: false`), or when it falls in an overflow whose start is not known.
 * @throws InputError `bad-percentile` unless 0 < percent <= 100.
 */
export function percentile(histogram: Histogram, percent: string | number): Quantity | null {
  const rank = percentileRank(Math.max(1, histogram.samples), percent)
  return histogram.samples === 0 || !histogram.complete ? null : valueAtRank(histogram, rank)
}

/** ceil(percent/100 * samples), exactly. */
export function percentileRank(samples: number, percent: string | number): number {
  const match = /^(\d{1,3})(?:\.(\d{1,12}))?$/.exec(String(percent))
  const fraction = match?.[2] ?? ''
  const scaled = match ? BigInt(match[1]! + fraction) : 0n
  const whole = 100n * 10n ** BigInt(fraction.length)
  if (scaled <= 0n || scaled > whole) {
    throw new InputError({
      code: 'bad-percentile',
      message: `'${percent}' is not a percentile: wanted a decimal number above 0 and up to 100`,
    })
  }
  return Number((scaled * BigInt(samples) + whole - 1n) / whole)
}

/** The value of the rank-th smallest sample (1-based). */
export function valueAtRank(histogram: Histogram, rank: number): Quantity | null {
  const { overflows, overflowFromNs } = histogram
  const overflowUs = overflows > 0 ? (overflowFromNs ?? 0) / 1000 : Number.POSITIVE_INFINITY
  let seen = 0
  let mixed = false
  for (const [bucket, count] of histogram.entries()) {
    if (!mixed && histogram.upperUs(bucket) >= overflowUs) {
      // overflowed samples may lie between these buckets (merged histograms): place them as low as they can be
      mixed = true
      seen += overflows
      if (seen >= rank && overflowFromNs !== null) {
        return { us: Math.min(overflowUs, histogram.lowerUs(bucket)), lowerBound: true }
      }
    }
    seen += count
    if (seen >= rank) {
      if (mixed && overflowFromNs === null) return null
      return { us: mixed ? histogram.lowerUs(bucket) : histogram.upperUs(bucket), lowerBound: mixed }
    }
  }
  return atOverflow(histogram)
}

function atOverflow({ overflowFromNs }: Histogram): Quantity | null {
  return overflowFromNs === null ? null : { us: overflowFromNs / 1000, lowerBound: true }
}
