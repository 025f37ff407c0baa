import { samplesToClaim } from '../verdict/sample-size.ts'
import { totals } from './cells.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'

/** Percentiles that are compared; the maximum is compared on its own, as it grows with every sample. */
export const COMPARED = ['50', '99', '99.9', '99.99', '99.999', '99.9999'] as const

/** A percentile (or the maximum) in two runs. */
export interface Move {
  step: string | null
  tool: string
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
 * Holds a run against a baseline, step by step, all CPUs together. A percentile has moved when the two differ by more
 * than one bucket of the coarser histogram *and* by more than a tenth of the baseline's value: below that it is the
 * tool's resolution and the noise of one run. It is compared only when both runs have the samples to claim it at 95 %
 * (-ln(0.05)/(1-p)). The maximum moves by the same rule, and is shown only: it depends on how long the run was.
 */
export function compareRuns(baseline: RunRecord, run: RunRecord): Comparison {
  const moves: Move[] = []
  const notCompared: string[] = []
  for (const measurement of run.measurements) {
    const before = baseline.measurements.find(
      (one) => one.step === measurement.step && one.tool === measurement.tool,
    )
    const name = label(measurement)
    if (!before) {
      notCompared.push(`${name}: the baseline has no such measurement.`)
      continue
    }
    for (const after of totals(measurement)) {
      const counterpart = totals(before).find((one) => one.context === after.context)
      if (counterpart) moves.push(...movesOf(measurement, counterpart, after, notCompared))
    }
  }
  for (const measurement of baseline.measurements) {
    if (!run.measurements.some((one) => one.step === measurement.step && one.tool === measurement.tool)) {
      notCompared.push(`${label(measurement)}: only the baseline has this measurement.`)
    }
  }
  return {
    baseline: baseline.id,
    run: run.id,
    moves,
    regression: moves.some((move) => move.kind === 'worse' && move.metric !== 'max'),
    notCompared,
  }
}

function movesOf(
  measurement: MeasurementRecord,
  before: CpuRecord,
  after: CpuRecord,
  notCompared: string[],
): Move[] {
  const { step, tool } = measurement
  const base = { step, tool, context: after.context }
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
  const few: string[] = []
  for (const percent of COMPARED) {
    const needed = samplesToClaim(percent)
    if ((before.samples ?? 0) < needed || (after.samples ?? 0) < needed) {
      few.push(`p${percent}`)
      continue
    }
    const from = before.percentilesUs[percent] ?? null
    const to = after.percentilesUs[percent] ?? null
    const atLeast = after.percentilesAtLeastUs?.[percent]
    if (from !== null && to !== null) add(`p${percent}`, from, to, false)
    else if (from !== null && atLeast !== undefined) add(`p${percent}`, from, atLeast, true)
    else
      notCompared.push(
        `${label(measurement)}: p${percent} is not known in ${from === null ? 'the baseline' : 'the run'}.`,
      )
  }
  if (few.length > 0) {
    notCompared.push(
      `${label(measurement)}: too few samples in one of the runs to compare ${few.join(', ')}.`,
    )
  }
  if (before.maxUs !== null && after.maxUs !== null) add('max', before.maxUs, after.maxUs, false)
  return moves
}

function label({ step, tool }: MeasurementRecord): string {
  return step === null || step === tool ? tool : `${step} (${tool})`
}
