import { InputError } from '../errors.ts'

/** Buckets of one page: an empty page costs nothing, a full one at most 2 KiB. */
export const PAGE_BUCKETS = 256

export type Page = Uint8Array | Uint16Array | Uint32Array | Float64Array

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
    for (const page of pages.values()) counted += pageSum(page)
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
    return this.#pages.get(Math.floor(bucket / PAGE_BUCKETS))?.[bucket % PAGE_BUCKETS] ?? 0
  }

  /** Bucket index and count, ascending, without empty buckets. */
  *entries(): Generator<[bucket: number, count: number]> {
    for (const [number, page] of this.#pages) {
      for (let i = 0; i < page.length; i++) if (page[i] !== 0) yield [number * PAGE_BUCKETS + i, page[i]!]
    }
  }

  /** Index of the first non-empty bucket, or -1. */
  get firstBucket(): number {
    for (const [number, page] of this.#pages) {
      for (let i = 0; i < page.length; i++) if (page[i] !== 0) return number * PAGE_BUCKETS + i
    }
    return -1
  }

  /** Index of the last non-empty bucket, or -1. */
  get lastBucket(): number {
    for (const [number, page] of [...this.#pages].reverse()) {
      for (let i = page.length - 1; i >= 0; i--) if (page[i] !== 0) return number * PAGE_BUCKETS + i
    }
    return -1
  }

  /** Sum of bucket index times count, exactly, as a number when it is below 2^53. */
  indexSum(): number | bigint {
    let small = 0
    let large = 0n
    for (const [number, page] of this.#pages) {
      const sum = pageIndexSum(page)
      const rest = number * PAGE_BUCKETS * pageSum(page)
      if (
        Number.isSafeInteger(sum) &&
        Number.isSafeInteger(rest) &&
        Number.isSafeInteger(small + sum + rest)
      ) {
        small += sum + rest
      } else {
        page.forEach((count: number, i: number) => {
          large += BigInt(count) * BigInt(number * PAGE_BUCKETS + i)
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

/** Collects counts by bucket; pages are kept narrow and ascending at `finish`. */
export class PageBuilder {
  readonly #pages = new Map<number, Page>()

  add(bucket: number, count: number): void {
    if (count === 0) return
    const number = Math.floor(bucket / PAGE_BUCKETS)
    const index = bucket - number * PAGE_BUCKETS
    let page = this.#pages.get(number)
    const sum = (page?.[index] ?? 0) + count
    if (!page || sum > widest(page)) {
      page = widened(page, sum)
      this.#pages.set(number, page)
    }
    page[index] = sum
  }

  finish(): ReadonlyMap<number, Page> {
    return new Map([...this.#pages].sort((a, b) => a[0] - b[0]))
  }
}

function pageSum(page: Page): number {
  let sum = 0
  for (let i = 0; i < page.length; i++) sum += page[i]!
  return sum
}

function pageIndexSum(page: Page): number {
  let sum = 0
  for (let i = 0; i < page.length; i++) sum += i * page[i]!
  return sum
}

function widest(page: Page): number {
  return page.BYTES_PER_ELEMENT === 8 ? Number.POSITIVE_INFINITY : 2 ** (8 * page.BYTES_PER_ELEMENT) - 1
}

function widened(page: Page | undefined, largest: number): Page {
  const next = newPage(largest)
  if (page) next.set(page)
  return next
}

/** An empty page that can hold counts up to `largest`. */
export function newPage(largest: number): Page {
  if (largest < 256) return new Uint8Array(PAGE_BUCKETS)
  if (largest < 65536) return new Uint16Array(PAGE_BUCKETS)
  return largest < 2 ** 32 ? new Uint32Array(PAGE_BUCKETS) : new Float64Array(PAGE_BUCKETS)
}

export function countTooLarge(): InputError {
  return new InputError({
    code: 'count-too-large',
    message: 'the counts of a histogram add up to more than 2^53 - 1 samples, which no run can have measured',
    next: 'Look for a damaged or concatenated number in the file.',
  })
}
