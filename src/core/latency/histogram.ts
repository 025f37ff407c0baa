import { InputError } from '../errors.ts'

/** Buckets of one page: an empty page costs nothing, a full one at most 2 KiB. */
export const PAGE_BUCKETS = 256

/** 256 counts in the narrowest integer that holds them, with their sum and the sum of index in page times count. */
export interface Page {
  readonly counts: Uint8Array | Uint16Array | Uint32Array | Float64Array
  readonly sum: number
  readonly indexSum: number
}

export interface HistogramInit {
  /** width of a bucket, ns */
  bucketNs: number
  /** lower bound of bucket 0, ns */
  originNs?: number
  /** smallest step of the tool's values, ns (1000: whole us); default: bucketNs */
  resolutionNs?: number
  /** bucket index and count, in any order; the same index twice is added up */
  counts: Iterable<readonly [bucket: number, count: number]>
  overflows?: number
  overflowFromNs?: number | null
  overflowCycles?: readonly number[] | undefined
  /** false: rows or overflows are missing (cut file), so counts are lower bounds and no percentile is known */
  complete?: boolean
}

/**
 * Exact counts per bucket; bucket i holds the values [originNs + i*bucketNs, originNs + (i+1)*bucketNs).
 * Immutable. Stored as pages of 256 buckets in the narrowest integer that holds them, so that 512 CPUs of 10,000
 * rows, or a million rows mostly zero, stay small. Counts are numbers and exact: 2^53 samples at 1 us are 285 years,
 * and a total beyond that is refused.
 */
export class Histogram {
  readonly bucketNs: number
  readonly originNs: number
  readonly resolutionNs: number
  /** samples at or beyond `overflowFromNs`, whose values are not known */
  readonly overflows: number
  /** every overflowed sample is at least this, ns; null when the tool does not say */
  readonly overflowFromNs: number | null
  /** cycle numbers of overflowed samples that the tool logged (cyclictest), 0-based; not all need be there */
  readonly overflowCycles: readonly number[] | undefined
  /** false: rows or overflows are missing (cut file), so counts are lower bounds and no percentile is known */
  readonly complete: boolean
  /** samples inside the buckets */
  readonly counted: number
  readonly #pages: ReadonlyMap<number, Page>

  /**
   * `pages` maps page number to counts, in ascending order; from `of` or `PageBuilder`.
   * @throws InputError `count-too-large` when the samples pass 2^53 - 1.
   */
  constructor(init: Omit<HistogramInit, 'counts'>, pages: ReadonlyMap<number, Page>) {
    this.bucketNs = init.bucketNs
    this.originNs = init.originNs ?? 0
    this.resolutionNs = init.resolutionNs ?? init.bucketNs
    this.overflows = init.overflows ?? 0
    this.overflowFromNs = init.overflowFromNs ?? null
    this.overflowCycles = init.overflowCycles
    this.complete = init.complete ?? true
    this.#pages = pages
    let counted = 0
    for (const page of pages.values()) counted += page.sum
    if (!Number.isSafeInteger(counted + this.overflows)) throw countTooLarge()
    this.counted = counted
  }

  static of(init: HistogramInit): Histogram {
    return new Histogram(init, Histogram.pagesOf(init.counts))
  }

  static pagesOf(counts: HistogramInit['counts']): ReadonlyMap<number, Page> {
    const builder = new PageBuilder()
    for (const [bucket, count] of counts) builder.add(bucket, count)
    return builder.finish()
  }

  /** All samples: in the buckets and overflowed. */
  get samples(): number {
    return this.counted + this.overflows
  }

  /** Samples in one bucket, 0 when there are none. */
  count(bucket: number): number {
    return this.#pages.get(Math.floor(bucket / PAGE_BUCKETS))?.counts[bucket % PAGE_BUCKETS] ?? 0
  }

  /** Bucket index and count, ascending, without empty buckets. */
  *entries(): Generator<[bucket: number, count: number]> {
    for (const [number, { counts }] of this.#pages) {
      for (let i = 0; i < counts.length; i++)
        if (counts[i] !== 0) yield [number * PAGE_BUCKETS + i, counts[i]!]
    }
  }

  /** Index of the first non-empty bucket, or -1. */
  get firstBucket(): number {
    for (const [number, { counts }] of this.#pages) {
      for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) return number * PAGE_BUCKETS + i
    }
    return -1
  }

  /** Index of the last non-empty bucket, or -1. */
  get lastBucket(): number {
    for (const [number, { counts }] of [...this.#pages].reverse()) {
      for (let i = counts.length - 1; i >= 0; i--) if (counts[i] !== 0) return number * PAGE_BUCKETS + i
    }
    return -1
  }

  /** Sum of bucket index times count, exactly, as a number when it is below 2^53. */
  indexSum(): number | bigint {
    let small = 0
    let large = 0n
    for (const [number, page] of this.#pages) {
      const sum = page.indexSum + number * PAGE_BUCKETS * page.sum
      if (Number.isSafeInteger(small + sum)) small += sum
      else {
        page.counts.forEach((count: number, index: number) => {
          large += BigInt(count) * BigInt(number * PAGE_BUCKETS + index)
        })
      }
    }
    return large === 0n ? small : large + BigInt(small)
  }

  /** Lower bound of a bucket, us. */
  lowerUs(bucket: number): number {
    return (this.originNs + bucket * this.bucketNs) / 1000
  }

  /** The largest value that a bucket can hold at the tool's resolution, us: `17` for the bucket [17, 18) of whole us. */
  upperUs(bucket: number): number {
    return (this.originNs + (bucket + 1) * this.bucketNs - this.resolutionNs) / 1000
  }

  /** For JSON and golden files: the non-empty buckets as `{ "17": 3 }`. */
  toJSON(): Record<string, unknown> {
    return {
      bucketNs: this.bucketNs,
      originNs: this.originNs,
      resolutionNs: this.resolutionNs,
      counts: Object.fromEntries(this.entries()),
      overflows: this.overflows,
      overflowFromNs: this.overflowFromNs,
      ...(!this.complete && { complete: false }),
      ...(this.overflowCycles && { overflowCycles: this.overflowCycles }),
    }
  }
}

/** Collects counts by bucket, in any order. */
export class PageBuilder {
  readonly #pages = new Map<number, Float64Array>()

  add(bucket: number, count: number): void {
    if (count === 0) return
    const number = Math.floor(bucket / PAGE_BUCKETS)
    const page = this.#pages.get(number) ?? new Float64Array(PAGE_BUCKETS)
    this.#pages.set(number, page)
    page[bucket - number * PAGE_BUCKETS]! += count
  }

  /** Whether the bucket has samples. */
  has(bucket: number): boolean {
    return (this.#pages.get(Math.floor(bucket / PAGE_BUCKETS))?.[bucket % PAGE_BUCKETS] ?? 0) > 0
  }

  finish(): ReadonlyMap<number, Page> {
    const pages = [...this.#pages].sort((a, b) => a[0] - b[0])
    return new Map(pages.map(([number, counts]) => [number, packPage(counts, 0, 1)]))
  }
}

const scratch = new Float64Array(PAGE_BUCKETS)

/** Packs 256 counts: every `stride`-th of `cells` from `first`. */
export function packPage(cells: Float64Array, first: number, stride: number): Page {
  let sum = 0
  let indexSum = 0
  let largest = 0
  for (let i = 0, at = first; i < PAGE_BUCKETS; i++, at += stride) {
    const count = cells[at]!
    scratch[i] = count
    sum += count
    indexSum += i * count
    if (count > largest) largest = count
  }
  const counts =
    largest < 256
      ? new Uint8Array(scratch)
      : largest < 65536
        ? new Uint16Array(scratch)
        : largest < 2 ** 32
          ? new Uint32Array(scratch)
          : new Float64Array(scratch)
  return { counts, sum, indexSum }
}

export function countTooLarge(): InputError {
  return new InputError({
    code: 'count-too-large',
    message: 'the counts of a histogram add up to more than 2^53 - 1 samples, which no run can have measured',
    next: 'Look for a damaged or concatenated number in the file.',
  })
}
