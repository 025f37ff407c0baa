import type { Measurement } from '../../core/latency/measurement.ts'
import { recordMeasurement } from '../../core/report/measurement-record.ts'
import { RUN_SCHEMA_VERSION, type RunRecord } from '../../core/report/run-record.ts'
import { measurementDoubts } from '../../core/verdict/doubts.ts'
import { judge } from '../../core/verdict/judge.ts'
import { simultaneousFinding } from '../../core/verdict/simultaneous.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'

export interface ForeignRecord {
  record: RunRecord
  /** false: something in the files forbids to rely on them (no samples, truncated, contradictory) */
  trusted: boolean
}

/** The record of files from anywhere: of their machine and tuning nothing is known. */
export function recordForeign(
  id: string,
  measurements: readonly Measurement[],
  thresholds: readonly Threshold[],
  quietcoreVersion: string,
): ForeignRecord {
  const judged = measurements.map((measurement) => ({ step: null, measurement }))
  const tuning = { state: 'unknown', profile: null } as const
  const durations = measurements.flatMap(({ durationS }) => durationS ?? [])
  return {
    trusted: judged.every((one) => measurementDoubts(one).length === 0),
    record: {
      schemaVersion: RUN_SCHEMA_VERSION,
      id,
      quietcoreVersion,
      suite: null,
      startedAt: null,
      durationS: durations.length === 0 ? null : durations.reduce((a, b) => a + b, 0),
      host: null,
      kernel: null,
      tuning,
      thresholds,
      measurements: measurements.map((measurement) => {
        const spikes = simultaneousFinding(measurement.cpus, measurement.intervalUs)
        return recordMeasurement(measurement, null, [], spikes ? [spikes] : [])
      }),
      verdict: judge(judged, thresholds, { tuning, foreign: true }),
      context: null,
    },
  }
}
