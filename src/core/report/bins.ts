import type { Histogram } from '../latency/histogram.ts'

export interface Bin {
  /** first value, us */
  fromUs: number
  /** last value, us, at the tool's resolution; equal to `fromUs` for one bucket of whole us */
  toUs: number
  count: number
}

/**
 * The histogram in at most `most` bins of equal width from its first to its last used bucket, empty ones included, so
 * that gaps show. Several buckets share a bin when there are more; none is left out.
 */
export function toBins(histogram: Histogram, most: number): Bin[] {
  const entries = [...histogram.entries()]
  const first = entries[0]?.[0]
  const last = entries.at(-1)?.[0]
  if (first === undefined || last === undefined) return []
  const width = Math.ceil((last - first + 1) / most)
  const start = Math.floor(first / width) * width
  const bins = Array.from({ length: Math.floor((last - start) / width) + 1 }, (_, i) => ({
    fromUs: histogram.lowerUs(start + i * width),
    toUs: histogram.upperUs(start + (i + 1) * width - 1),
    count: 0,
  }))
  for (const [bucket, count] of entries) bins[Math.floor((bucket - start) / width)]!.count += count
  return bins
}

/** 0 for no sample, then 1 for one sample up to 1 + log10(count): a single sample must be seen beside a million. */
export function logHeight(count: number): number {
  return count === 0 ? 0 : 1 + Math.log10(count)
}
