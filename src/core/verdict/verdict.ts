export type Result = 'pass' | 'fail' | 'undecided'

/** One threshold, held against one measurement. */
export interface Check {
  threshold: Threshold
  /** the CPU (and rtla context) it was held against; null for the whole run */
  cpu: number | null
  context: string | null
  /** what was measured, as shown: `17 µs`, `>= 60 µs`; null when not known */
  measured: number | null
  measuredIsLowerBound: boolean
  result: Result
  reason: string
}

/** What the measured latency must be. From a profile's [thresholds], a suite or the command line. */
export interface Threshold {
  /** `cyclictest`, `hwlatdetect`, `oslat`, `rtla-timerlat`, `rtla-osnoise` or `*` */
  tool: string
  /** `max`, `mean`, `p99`, `p99.9`, …, `over` (samples above `budgetUs`), `count-per-hour` */
  metric: string
  /** `<` (OpenShift: equal fails) or `<=` (hwlatdetect, RHEL: equal passes) */
  comparison: '<' | '<='
  limit: number
  unit: 'us' | 'samples' | 'per-hour'
  /** for `over`: samples above this many us are counted */
  budgetUs?: number
  /** cpulist; undefined: all measured CPUs */
  cpus?: string
  /** where it was set, for the report: `acceptance.conf:12`, `--threshold` */
  origin: string
  /** whose criterion it is, where the suite says so: `[thresholds OpenShift]` */
  criterion?: string
  /** a shorter run cannot meet this threshold, s (OpenShift: valid from 12 h) */
  validFromS?: number
}

export interface Verdict {
  result: Result
  /** plain sentences */
  reasons: readonly string[]
  checks: readonly Check[]
  /** what the samples allow to claim (rule of three) */
  claims: readonly string[]
}
