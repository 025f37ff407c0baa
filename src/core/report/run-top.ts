import { InputError } from '../errors.ts'
import type { CpuMeasurement } from '../latency/measurement.ts'
import { allCpus } from '../latency/merge.ts'
import { histogramOf, recordCpu } from './measurement-record.ts'
import type { CpuRecord, FindingRecord, MeasurementRecord } from './run-record.ts'

type Plain = Omit<CpuRecord, 'histogram'>

/** The fields of `measurements` that stand on top of run.json too, over all of them. */
export interface RunTop {
  /** null when the measurements are of different tools */
  tool: string | null
  toolVersion: string | null
  argv: readonly string[] | null
  cpus: readonly Plain[]
  /** null when the tools, or what a bucket is, differ */
  all: Plain | null
  findings: readonly FindingRecord[]
}

/** What a script finds on top: a single measurement as it is, several as one where they agree. */
export function runTop(measurements: readonly MeasurementRecord[]): RunTop {
  const tool = common(measurements, (one) => one.tool)
  return {
    tool,
    toolVersion: tool === null ? null : common(measurements, (one) => one.toolVersion),
    argv: common(measurements, (one) => one.argv),
    cpus: measurements.flatMap((one) => one.cpus.map(withoutHistogram)),
    all: tool === null ? null : together(measurements),
    findings: measurements.flatMap((one) => one.findings),
  }
}

/** The value that all of them have, else null. */
function common<T>(measurements: readonly MeasurementRecord[], get: (one: MeasurementRecord) => T): T | null {
  const texts = new Set(measurements.map((one) => JSON.stringify(get(one))))
  return texts.size === 1 ? get(measurements[0]!) : null
}

function together(measurements: readonly MeasurementRecord[]): Plain | null {
  const alls = measurements.map((one) => one.all)
  const [only] = alls
  if (alls.length === 1) return only ? withoutHistogram(only) : null
  const records = alls.filter((all) => all !== null)
  const contexts = new Set(records.map((all) => all.context))
  const buckets = new Set(
    records.map(({ histogram }) => histogram && `${histogram.bucketNs} ${histogram.originNs}`),
  )
  if (records.length < alls.length || contexts.size > 1 || buckets.size > 1) return null
  try {
    return withoutHistogram(recordCpu(allCpus({ cpus: records.map(measured) })[0]!))
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}

/** The record does not say that a histogram has holes, but then it has no median either. */
function measured(record: CpuRecord): CpuMeasurement {
  const median = record.percentilesUs['50'] ?? record.percentilesAtLeastUs?.['50'] ?? null
  return { ...record, histogram: record.histogram && median !== null ? histogramOf(record.histogram) : null }
}

function withoutHistogram<T extends { histogram: unknown }>({ histogram, ...rest }: T): Omit<T, 'histogram'> {
  return rest
}
