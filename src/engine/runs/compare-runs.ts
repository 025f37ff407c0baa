import type { CpuRecord, MeasurementRecord, RunRecord } from '../../core/report/run-record.ts'

/** One value of one CPU that is not what it was in the baseline. */
export interface Moved {
  step: string | null
  tool: string
  cpu: number | null
  context: string | null
  /** `max`, `mean`, `p99.99` */
  metric: string
  beforeUs: number
  afterUs: number
  direction: 'worse' | 'better'
}

export interface Comparison {
  baseline: string
  run: string
  moved: readonly Moved[]
  /** what one run measured and the other did not: nothing can be said there */
  missing: readonly string[]
}

/** Histograms count whole microseconds, so 1 us is no change; nor is a tenth, which two equal runs differ by. */
const LEAST_US = 1
const LEAST_PART = 0.1

/** What became worse or better against a baseline: max, mean and each percentile that both runs carry, CPU by CPU. */
export function compareRuns(baseline: RunRecord, run: RunRecord): Comparison {
  const moved: Moved[] = []
  const missing: string[] = []
  for (const now of run.measurements) {
    const then = baseline.measurements.find((one) => one.tool === now.tool && one.step === now.step)
    if (then === undefined) missing.push(`${label(now)} was not in the baseline`)
    else for (const cpu of now.cpus) compareCpu(then, now, cpu, moved, missing)
  }
  for (const then of baseline.measurements) {
    if (!run.measurements.some((one) => one.tool === then.tool && one.step === then.step)) {
      missing.push(`${label(then)} was only in the baseline`)
    }
  }
  return { baseline: baseline.id, run: run.id, moved, missing }
}

function compareCpu(
  then: MeasurementRecord,
  now: MeasurementRecord,
  cpu: CpuRecord,
  moved: Moved[],
  missing: string[],
): void {
  const same = then.cpus.find(
    (one) =>
      one.cpu === cpu.cpu && one.context === cpu.context && (one.cpu !== null || one.thread === cpu.thread),
  )
  if (same === undefined) {
    missing.push(`CPU ${cpu.cpu ?? '?'} of ${label(now)} was not in the baseline`)
    return
  }
  const [before, after] = [valuesOf(same), valuesOf(cpu)]
  for (const [metric, afterUs] of after) {
    const beforeUs = before.get(metric)
    if (beforeUs === undefined) continue
    const change = afterUs - beforeUs
    if (Math.abs(change) <= Math.max(LEAST_US, beforeUs * LEAST_PART)) continue
    const { step, tool } = now
    const direction = change > 0 ? 'worse' : 'better'
    moved.push({ step, tool, cpu: cpu.cpu, context: cpu.context, metric, beforeUs, afterUs, direction })
  }
}

function valuesOf({ maxUs, meanUs, percentilesUs }: CpuRecord): Map<string, number> {
  const values = new Map<string, number>()
  const percentiles = Object.entries(percentilesUs).map(([percent, us]) => [`p${percent}`, us] as const)
  for (const [metric, us] of [['max', maxUs] as const, ['mean', meanUs] as const, ...percentiles]) {
    if (us !== null) values.set(metric, us)
  }
  return values
}

function label({ step, tool }: MeasurementRecord): string {
  return step === null || step === tool ? tool : `${step} (${tool})`
}
