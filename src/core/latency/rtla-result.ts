import type { RunOptions } from './argv.ts'
import { Histogram, type Page } from './histogram.ts'
import type { CpuMeasurement } from './measurement.ts'
import type { RtlaHist } from './rtla-hist.ts'
import { rtlaValue } from './rtla-notes.ts'

export interface RtlaColumn {
  context: 'irq' | 'thread' | 'user' | null
  cpu: number | null
}

/** Rows from which the step between them is taken as the bucket size (rtla does not print it). */
const ROWS_FOR_STEP = 8
const DEFAULT_ENTRIES = 256

/** The columns of an rtla histogram as measurements, held against the summary below them. */
export function rtlaColumns(read: RtlaHist, options: RunOptions): CpuMeasurement[] {
  const { findings, store, summary } = read
  const columns = read.columns ?? []
  const pages = store.finish()
  const missing = ['over', 'count', 'min', 'avg', 'max'].filter((name) => !summary.has(name))
  if (missing.length > 0) {
    findings.doubt(
      'truncated',
      `the summary has no ${missing.join(', ')}: the file is cut, or it was left out (--no-summary)`,
    )
  }
  for (const [name, values] of summary) {
    if (values.length !== columns.length) {
      findings.doubt('columns-differ', `${columns.length} columns, but ${values.length} values of '${name}:'`)
    }
  }
  if (store.width !== 0 && store.width !== columns.length) {
    findings.doubt('columns-differ', `the header has ${columns.length} columns, the rows ${store.width}`)
  }
  const perUs = read.nanoseconds || options.nanoseconds ? 1000 : 1
  const bucket = bucketSize(read, options)
  const overFrom =
    options.buckets !== null || options.width !== null
      ? (options.buckets ?? DEFAULT_ENTRIES) * bucket
      : store.lastIndex + bucket
  const complete = missing.length === 0 && !findings.has('damaged-row') && !findings.has('columns-differ')
  // without a single row all that is known of the overflow is its minimum
  const overflowNs = (from: number, index: number) => {
    const lowest =
      store.rows === 0 && options.buckets === null ? rtlaValue(summary.get('min')?.[index]) : from
    return lowest === null ? null : (lowest * 1000) / perUs
  }
  const cpus = columns.map(({ context, cpu }, index): CpuMeasurement => {
    const value = (name: string) => rtlaValue(summary.get(name)?.[index])
    const who = `CPU ${cpu}${context ? ` ${context}` : ''}`
    const count = value('count')
    const histogram = new Histogram(
      {
        bucketNs: (bucket * 1000) / perUs,
        resolutionNs: 1000 / perUs,
        overflows: value('over') ?? 0,
        overflowFromNs: overflowNs(overFrom, index),
        complete: complete && value('over') !== null,
      },
      widen(pages[index], bucket),
    )
    const none = count === 0
    if (none) findings.doubt('no-samples', `${who} has no samples`)
    else if (histogram.complete && count !== histogram.samples) {
      findings.doubt(
        'count-differs',
        `${who}: the rows and 'over:' add up to ${histogram.samples}, 'count:' says ${count}`,
      )
    }
    const us = (name: string) => (none || value(name) === null ? null : value(name)! / perUs)
    const result = {
      cpu,
      thread: null,
      context,
      samples: count,
      minUs: us('min'),
      meanUs: us('avg'),
      maxUs: us('max'),
      histogram,
    }
    if (!none && histogram.complete) checkColumn(read, result, who)
    return result
  })
  if (columns.length === 0)
    findings.doubt(
      'no-samples',
      read.columns === null ? 'the header "Index …" is missing' : 'no CPU has a column',
    )
  checkAll(read, cpus, perUs)
  return cpus
}

/**
 * rtla labels a row with the lower bound of its bucket and leaves out rows of zeros: the size is -b, or else the common
 * step of many rows, or the smallest step of few rows that fits the minima and maxima.
 */
function bucketSize(read: RtlaHist, options: RunOptions): number {
  const step = read.store.indexGcd
  if (options.width !== null) return options.width
  if (step <= 1) return 1
  const maxs = (read.summary.get('max') ?? []).map(rtlaValue)
  const overs = (read.summary.get('over') ?? []).map(rtlaValue)
  const inside = maxs.filter((max, index) => max !== null && overs[index] === 0) as number[]
  const needed = Math.max(1, ...inside.map((max) => max - read.store.lastIndex + 1))
  if (read.store.rows < ROWS_FOR_STEP) {
    for (let size = 1; size < step; size++) if (step % size === 0 && size >= needed) return size
  }
  read.findings.note(
    'bucket-size-inferred',
    `all rows are multiples of ${step}: taken as the bucket size (-b)`,
  )
  return step
}

/** Row labels are multiples of the bucket size; a Histogram counts buckets one by one. */
function widen(pages: ReadonlyMap<number, Page> | undefined, bucket: number) {
  if (!pages || bucket === 1) return pages ?? new Map()
  const labels = new Histogram({ bucketNs: 1 }, pages)
  const counts = [...labels.entries()].map(([label, count]) => [Math.floor(label / bucket), count] as const)
  return Histogram.pagesOf(counts)
}

function checkColumn({ findings }: RtlaHist, cpu: CpuMeasurement, who: string): void {
  const { minUs, maxUs, meanUs, histogram } = cpu
  const { firstBucket, lastBucket, overflows, overflowFromNs } = histogram!
  if (
    minUs !== null &&
    maxUs !== null &&
    (minUs > maxUs || (meanUs !== null && (meanUs < minUs || meanUs > maxUs)))
  ) {
    findings.doubt(
      'contradictory',
      `${who}: min ${minUs}, avg ${meanUs}, max ${maxUs} us cannot be of one run`,
    )
  }
  if (
    minUs !== null &&
    firstBucket !== -1 &&
    (minUs < histogram!.lowerUs(firstBucket) || minUs > histogram!.upperUs(firstBucket))
  ) {
    findings.doubt(
      'min-outside-histogram',
      `${who}: min is ${minUs} us, the first row with samples ${histogram!.lowerUs(firstBucket)}`,
    )
  }
  if (maxUs === null) return
  const wrong =
    overflows > 0
      ? overflowFromNs !== null && maxUs < overflowFromNs / 1000
      : lastBucket !== -1 &&
        (maxUs < histogram!.lowerUs(lastBucket) || maxUs > histogram!.upperUs(lastBucket))
  if (wrong)
    findings.doubt(
      'max-outside-histogram',
      `${who}: max is ${maxUs} us, the last row with samples ${histogram!.lowerUs(lastBucket)}, over: ${overflows}`,
    )
}

/** The ALL: block repeats count, min and max over the CPUs. */
function checkAll(read: RtlaHist, cpus: readonly CpuMeasurement[], perUs: number): void {
  const names = { IRQ: 'irq', Thr: 'thread', Usr: 'user' } as const
  read.allContexts?.forEach((name, index) => {
    const context = names[name as keyof typeof names]
    const own = cpus.filter((cpu) => cpu.context === context)
    if (context === undefined || own.length === 0) return
    const count = rtlaValue(read.all.get('count')?.[index])
    const samples = own.reduce((sum, cpu) => sum + (cpu.samples ?? 0), 0)
    const max = rtlaValue(read.all.get('max')?.[index])
    const maxUs = Math.max(...own.map((cpu) => cpu.maxUs ?? 0))
    if (count !== null && count !== samples) {
      read.findings.doubt('contradictory', `ALL: counts ${count} for ${name}, the CPUs add up to ${samples}`)
    }
    if (max !== null && Math.abs(max / perUs - maxUs) > 1e-9) {
      read.findings.doubt(
        'contradictory',
        `ALL: max of ${name} is ${max / perUs} us, the CPUs reach ${maxUs}`,
      )
    }
  })
}
