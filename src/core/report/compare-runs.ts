import { CpuSet } from '../cpu/cpu-set.ts'
import { samplesToClaim } from '../verdict/sample-size.ts'
import { totals } from './cells.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'

/** Percentiles that are compared; the maximum is compared on its own, as it grows with every sample. */
export const COMPARED = ['50', '99', '99.9', '99.99', '99.999', '99.9999'] as const

/** A percentile (or the maximum) in two runs. */
export interface Move {
  step: string | null
  tool: string
  /** null: all CPUs together, or a thread that was not pinned */
  cpu: number | null
  thread: number | null
  context: string | null
  /** `p99.99`, `max` */
  metric: string
  beforeUs: number
  afterUs: number
  /** the run's value lies in its overflow, and is this or more */
  afterIsLowerBound: boolean
  kind: 'worse' | 'better'
}

export interface Comparison {
  baseline: string
  run: string
  moves: readonly Move[]
  /** a percentile became worse; the maximum alone makes no regression */
  regression: boolean
  /** why something was not compared, one sentence each */
  notCompared: readonly string[]
}

/**
 * Holds a run against a baseline, step by step: all CPUs together, then each CPU. A percentile has moved when the two
 * differ by more than one bucket of the coarser histogram *and* by more than a tenth of the baseline's value: below that
 * it is the tool's resolution and the noise of one run. It is compared only when both runs have the samples to claim it
 * at 95 % (-ln(0.05)/(1-p)). The maximum moves by the same rule, and is shown only: it depends on the length of the run.
 */
export function compareRuns(baseline: RunRecord, run: RunRecord): Comparison {
  const moves: Move[] = []
  const notCompared = new Set<string>()
  for (const measurement of run.measurements) {
    const before = baseline.measurements.find((one) => sameMeasurement(one, measurement))
    if (!before) {
      notCompared.add(`${label(measurement)}: the baseline has no such measurement.`)
      continue
    }
    const few = new Map<string, CpuRecord[]>()
    for (const [was, is] of pairs(before, measurement, notCompared)) {
      const compared = COMPARED.filter((percent) => claimable(percent, was, is))
      const left = COMPARED.filter((percent) => !compared.includes(percent)).map((percent) => `p${percent}`)
      if (left.length > 0) few.set(left.join(', '), [...(few.get(left.join(', ')) ?? []), is])
      moves.push(...movesOf(measurement, was, is, compared, notCompared))
    }
    for (const [percents, records] of few) {
      notCompared.add(`${label(measurement)}${names(records)}: too few samples to compare ${percents}.`)
    }
  }
  for (const before of baseline.measurements) {
    if (run.measurements.some((one) => sameMeasurement(one, before))) continue
    notCompared.add(`${label(before)}: only the baseline has this measurement.`)
  }
  return {
    baseline: baseline.id,
    run: run.id,
    moves,
    regression: moves.some((move) => move.kind === 'worse' && move.metric !== 'max'),
    notCompared: [...notCompared],
  }
}

function claimable(percent: string, before: CpuRecord, after: CpuRecord): boolean {
  const needed = samplesToClaim(percent)
  return (before.samples ?? 0) >= needed && (after.samples ?? 0) >= needed
}

/** ` (all CPUs, CPU 2-5)` */
function names(records: readonly CpuRecord[]): string {
  const cpus = CpuSet.of(records.flatMap((one) => one.cpu ?? []))
  const parts = [
    records.some((one) => one.cpu === null && one.thread === null) ? 'all CPUs' : null,
    cpus.size > 0 ? `CPU ${cpus}` : null,
    records.some((one) => one.cpu === null && one.thread !== null) ? 'unpinned threads' : null,
  ]
  return ` (${parts.filter((part) => part !== null).join(', ')})`
}

function sameMeasurement(a: MeasurementRecord, b: MeasurementRecord): boolean {
  return a.step === b.step && a.tool === b.tool
}

/** What is held against what: the totals, and each CPU where there are several. */
function pairs(
  before: MeasurementRecord,
  after: MeasurementRecord,
  notCompared: Set<string>,
): [CpuRecord, CpuRecord][] {
  const found: [CpuRecord, CpuRecord][] = []
  for (const is of totals(after)) {
    const was = totals(before).find((one) => one.context === is.context)
    if (was) found.push([was, is])
  }
  for (const is of after.cpus.length > 1 ? after.cpus : []) {
    const was = before.cpus.find(
      (one) =>
        one.cpu === is.cpu && one.context === is.context && (is.cpu !== null || one.thread === is.thread),
    )
    if (was) found.push([was, is])
    else
      notCompared.add(
        `${label(after)}: ${is.cpu === null ? 'a thread' : `CPU ${is.cpu}`} is not in the baseline.`,
      )
  }
  return found
}

function movesOf(
  measurement: MeasurementRecord,
  before: CpuRecord,
  after: CpuRecord,
  compared: readonly string[],
  notCompared: Set<string>,
): Move[] {
  const { step, tool } = measurement
  const base = { step, tool, cpu: after.cpu, thread: after.thread, context: after.context }
  const bucketUs = Math.max(before.histogram?.bucketNs ?? 1000, after.histogram?.bucketNs ?? 1000) / 1000
  const moved = (from: number, to: number) =>
    Math.abs(to - from) > bucketUs && Math.abs(to - from) > from / 10
  const moves: Move[] = []
  const add = (metric: string, beforeUs: number, afterUs: number, afterIsLowerBound: boolean) => {
    if (!moved(beforeUs, afterUs)) return
    const kind = afterUs > beforeUs ? 'worse' : 'better'
    // a lower bound proves that something became worse, never that it became better
    if (kind === 'better' && afterIsLowerBound) return
    moves.push({ ...base, metric, beforeUs, afterUs, afterIsLowerBound, kind })
  }
  for (const percent of compared) {
    const from = before.percentilesUs[percent] ?? null
    const to = after.percentilesUs[percent] ?? null
    const atLeast = after.percentilesAtLeastUs?.[percent]
    if (from !== null && to !== null) add(`p${percent}`, from, to, false)
    else if (from !== null && atLeast !== undefined) add(`p${percent}`, from, atLeast, true)
    else
      notCompared.add(
        `${label(measurement)}: p${percent} is not known in ${from === null ? 'the baseline' : 'the run'}.`,
      )
  }
  if (before.maxUs !== null && after.maxUs !== null) add('max', before.maxUs, after.maxUs, false)
  return moves
}

function label({ step, tool }: MeasurementRecord): string {
  return step === null || step === tool ? tool : `${step} (${tool})`
}
