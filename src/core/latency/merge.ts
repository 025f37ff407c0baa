import { InputError } from '../errors.ts'
import { Histogram, PageBuilder } from './histogram.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'

/**
 * Adds histograms up. Different bucket sizes give the coarsest one, and only when every finer bucket lies wholly in one
 * coarser bucket, so that no count is guessed. Overflow of the sum starts where the lowest overflow starts; the logs of
 * overflowed cycles are dropped, as a cycle number means nothing without its thread.
 * @throws InputError `histograms-do-not-align`, `nothing-to-merge`, `count-too-large`.
 */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  if (histograms.length === 0)
    throw new InputError({ code: 'nothing-to-merge', message: 'no histogram to merge' })
  const bucketNs = Math.max(...histograms.map((h) => h.bucketNs))
  const originNs = Math.min(...histograms.map((h) => h.originNs))
  const pages = new PageBuilder()
  let overflows = 0
  let overflowFromNs: number | null = Number.POSITIVE_INFINITY
  for (const histogram of histograms) {
    if (bucketNs % histogram.bucketNs !== 0 || (histogram.originNs - originNs) % histogram.bucketNs !== 0) {
      throw misaligned(histogram, bucketNs, originNs)
    }
    for (const [bucket, count] of histogram.entries()) {
      pages.add(Math.floor((histogram.originNs + bucket * histogram.bucketNs - originNs) / bucketNs), count)
    }
    if (histogram.overflows === 0) continue
    overflows += histogram.overflows
    if (histogram.overflowFromNs === null) overflowFromNs = null
    else if (overflowFromNs !== null) overflowFromNs = Math.min(overflowFromNs, histogram.overflowFromNs)
  }
  const resolutionNs = Math.min(...histograms.map((h) => h.resolutionNs))
  const complete = histograms.every((h) => h.complete)
  const from = overflows === 0 ? commonOverflowFrom(histograms) : overflowFromNs
  return new Histogram(
    { bucketNs, originNs, resolutionNs, overflows, overflowFromNs: from, complete },
    pages.finish(),
  )
}

/**
 * The whole run as one line for each context: one for most tools, up to three (irq, thread, user) for rtla timerlat,
 * because a sum over contexts is not the distribution of anything. A thread without samples adds nothing; a value that
 * one thread with samples does not have is null for all.
 */
export function allCpus(measurement: Pick<Measurement, 'cpus'>): CpuMeasurement[] {
  const contexts = [...new Set(measurement.cpus.map((cpu) => cpu.context))]
  return contexts.map((context) => {
    const all = measurement.cpus.filter((cpu) => cpu.context === context)
    const cpus = all.filter((cpu) => cpu.samples !== 0)
    const samples = known(all, (cpu) => cpu.samples)
    const means = known(cpus, (cpu) =>
      cpu.meanUs === null || cpu.samples === null ? null : cpu.meanUs * cpu.samples,
    )
    const mins = known(cpus, (cpu) => cpu.minUs)
    const maxs = known(cpus, (cpu) => cpu.maxUs)
    const histograms = known(cpus, (cpu) => cpu.histogram)
    const total = samples === null ? null : sum(samples)
    return {
      cpu: null,
      thread: null,
      context,
      samples: total,
      minUs: mins?.length ? mins.reduce((a, b) => Math.min(a, b)) : null,
      meanUs: means?.length && total ? sum(means) / total : null,
      maxUs: maxs?.length ? maxs.reduce((a, b) => Math.max(a, b)) : null,
      histogram: histograms?.length ? mergeHistograms(histograms) : null,
    }
  })
}

/** The value of each, or null when one of them is not known. */
function known<T>(cpus: readonly CpuMeasurement[], get: (cpu: CpuMeasurement) => T | null): T[] | null {
  const values = cpus.map(get)
  return values.every((value): value is T => value !== null) ? values : null
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

function commonOverflowFrom(histograms: readonly Histogram[]): number | null {
  const starts = new Set(histograms.map((h) => h.overflowFromNs))
  return starts.size === 1 ? [...starts][0]! : null
}

function misaligned(histogram: Histogram, bucketNs: number, originNs: number): InputError {
  return new InputError({
    code: 'histograms-do-not-align',
    message: `buckets of ${histogram.bucketNs} ns from ${histogram.originNs} ns do not fit whole into buckets of ${bucketNs} ns from ${originNs} ns`,
    next: 'Compare these runs side by side instead of adding them up.',
  })
}
