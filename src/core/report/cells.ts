import { formatDuration } from '../suite/time.ts'
import { formatCount, formatUs } from '../verdict/format.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'

/** What stands where a value cannot be known. */
export const UNKNOWN = '–'

/** Percentiles that tables show, of those in the record. */
export const SHOWN_PERCENTILES = ['99', '99.9', '99.99', '99.999', '99.9999'] as const

export function count(value: number | null): string {
  return value === null ? UNKNOWN : formatCount(value)
}

/** `1 sample`, `5,972,482 samples`. */
export function samplesOf({ samples }: Pick<CpuRecord, 'samples'>): string {
  return `${count(samples)} ${samples === 1 ? 'sample' : 'samples'}`
}

/** A period: `200 µs`, `1 s`. */
export function formatInterval(us: number): string {
  return us >= 1_000_000 ? formatDuration(us / 1_000_000) : formatUs(us)
}

/** Microseconds without the unit: `14`, `47.747`, `3.21` with `digits` 2. */
export function us(value: number | null, digits?: number): string {
  if (value === null) return UNKNOWN
  return digits === undefined ? formatCount(Number(value.toFixed(3))) : value.toFixed(digits)
}

/** `15`, `≥60` in the overflow, `–` when not known. */
export function percentileCell(cpu: CpuRecord, percent: string): string {
  const value = cpu.percentilesUs[percent] ?? null
  const atLeast = cpu.percentilesAtLeastUs?.[percent]
  return value === null && atLeast !== undefined ? `≥${us(atLeast)}` : us(value)
}

/** `2`, `2 irq`, `thread 1` for an unpinned one, `all`. */
export function cpuName(cpu: CpuRecord): string {
  const base = cpu.cpu !== null ? String(cpu.cpu) : cpu.thread !== null ? `thread ${cpu.thread}` : 'all'
  return cpu.context === null ? base : `${base} ${cpu.context}`
}

/** Lines for all threads together: one, or one for each context of rtla timerlat. */
export function totals(measurement: MeasurementRecord): readonly CpuRecord[] {
  return measurement.allByContext ?? (measurement.all ? [measurement.all] : [])
}

/** `cyclictest 2.40`, `short: cyclictest 2.40`. */
export function measurementTitle({ step, tool, toolVersion }: MeasurementRecord): string {
  const name = toolVersion === null ? tool : `${tool} ${toolVersion}`
  return step === null || step === tool ? name : `${step}: ${name}`
}

/** What a reader calls the run: the suite's title, else the file's name. */
export function runTitle(run: RunRecord): string {
  return run.suite === null ? run.id : run.suite.title
}
