import { Histogram } from '../latency/histogram.ts'
import type { CpuMeasurement, Measurement } from '../latency/measurement.ts'
import { allCpus } from '../latency/merge.ts'
import { PERCENTILES, percentile } from '../latency/percentile.ts'
import { samplesToCarry } from '../verdict/sample-size.ts'
import type { CpuRecord, FindingRecord, HistogramRecord, MeasurementRecord } from './run-record.ts'

/** A measurement as run.json holds it. `findings` are added to the measurement's own (simultaneous spikes). */
export function recordMeasurement(
  measurement: Measurement,
  step: string | null,
  rawFiles: readonly string[] = [],
  findings: readonly FindingRecord[] = [],
): MeasurementRecord {
  const all = allCpus(measurement).map(recordCpu)
  const last = ['user', 'thread', 'irq'].flatMap((context) => all.filter((one) => one.context === context))
  return {
    step,
    tool: measurement.tool,
    toolVersion: measurement.toolVersion,
    format: measurement.format,
    argv: measurement.argv,
    wantedDurationS: measurement.wantedDurationS,
    durationS: measurement.durationS,
    intervalUs: measurement.intervalUs,
    toolThresholdUs: measurement.toolThresholdUs,
    exitCode: measurement.exitCode,
    cpus: measurement.cpus.map(recordCpu),
    all: last[0] ?? all[0] ?? null,
    ...(last.length > 0 && { allByContext: all }),
    events: measurement.events,
    eventCount:
      measurement.eventCount === undefined
        ? measurement.events.reduce((sum, event) => sum + (event.count ?? 1), 0)
        : measurement.eventCount,
    findings: [...measurement.findings, ...findings],
    rawFiles,
  }
}

/** One thread, or all of them, as run.json holds it. */
export function recordCpu(cpu: CpuMeasurement): CpuRecord {
  const percentilesUs: Record<string, number | null> = {}
  const atLeast: Record<string, number> = {}
  for (const percent of PERCENTILES) {
    const carried = cpu.histogram !== null && cpu.histogram.samples >= samplesToCarry(percent)
    const value = carried ? percentile(cpu.histogram!, percent) : null
    percentilesUs[percent] = value && !value.lowerBound ? value.us : null
    if (value?.lowerBound) atLeast[percent] = value.us
  }
  return {
    cpu: cpu.cpu,
    thread: cpu.thread,
    context: cpu.context,
    samples: cpu.samples,
    // a tool that took no sample prints 0 or a huge number: nothing is known
    minUs: cpu.samples === 0 ? null : cpu.minUs,
    meanUs: cpu.samples === 0 ? null : cpu.meanUs,
    maxUs: cpu.samples === 0 ? null : cpu.maxUs,
    overflows: cpu.histogram?.overflows ?? null,
    percentilesUs,
    ...(Object.keys(atLeast).length > 0 && { percentilesAtLeastUs: atLeast }),
    histogram: cpu.histogram ? recordHistogram(cpu.histogram) : null,
  }
}

function recordHistogram(histogram: Histogram): HistogramRecord {
  return {
    bucketNs: histogram.bucketNs,
    originNs: histogram.originNs,
    resolutionNs: histogram.resolutionNs,
    counts: Object.fromEntries(histogram.entries()),
    overflows: histogram.overflows,
    overflowFromNs: histogram.overflowFromNs,
    ...(histogram.overflowCycles && { overflowCycles: histogram.overflowCycles }),
  }
}

/** The histogram again, exactly. */
export function histogramOf(record: HistogramRecord): Histogram {
  const { overflowCycles, counts, ...rest } = record
  return Histogram.of({
    ...rest,
    counts: Object.entries(counts).map(([bucket, count]) => [Number(bucket), count] as const),
    ...(overflowCycles && { overflowCycles }),
  })
}
