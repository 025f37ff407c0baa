import { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { CpuMeasurement, Measurement } from '../../core/latency/measurement.ts'
import { histogramOf } from '../../core/report/measurement-record.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from '../../core/report/run-record.ts'
import { judge } from '../../core/verdict/judge.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'

/** A kept run against other thresholds: its numbers, context and tuning stay, only the question is new. */
export function rejudge(record: RunRecord, thresholds: readonly Threshold[]): RunRecord {
  const measured = record.context?.facts['measured-cpus']
  const judged = record.measurements.map((one) => ({
    step: one.step,
    measurement: measurementOf(one),
    ...(measured === undefined ? {} : { wantedCpus: CpuSet.parse(measured) }),
  }))
  const before = new Set(record.verdict.doubts.map(({ code }) => code))
  return {
    ...record,
    thresholds,
    verdict: judge(judged, thresholds, {
      tuning: record.tuning,
      disturbances: (record.context?.disturbances ?? []).filter(({ code }) => before.has(code)),
      foreign: record.suite === null,
    }),
  }
}

function measurementOf(record: MeasurementRecord): Measurement {
  const { step: _step, all: _all, allByContext: _byContext, rawFiles: _raw, cpus, ...rest } = record
  return { ...rest, cpus: cpus.map(cpuOf) }
}

function cpuOf(record: CpuRecord): CpuMeasurement {
  const { overflows: _over, percentilesUs: _p, percentilesAtLeastUs: _least, histogram, ...rest } = record
  return { ...rest, histogram: histogram === null ? null : histogramOf(histogram) }
}
