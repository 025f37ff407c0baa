export type Result = 'pass' | 'fail' | 'undecided'

/**
 * Why a check came out as it did, for scripts and for grouping. met, broken: decided. overflow: the value lies beyond
 * the histogram. too-few-samples, too-short: the run cannot carry it. zero-samples, not-measured, unknown: no value.
 */
export type CheckCode =
  | 'met'
  | 'broken'
  | 'overflow'
  | 'too-few-samples'
  | 'too-short'
  | 'zero-samples'
  | 'not-measured'
  | 'unknown'

/** One threshold, held against one measurement. */
export interface Check {
  threshold: Threshold
  /** the tool that was measured with (the threshold's may be `*`) */
  tool: string
  /** the suite's step; null where there is no suite */
  step: string | null
  /** the CPU (and rtla context) it was held against; null for the whole run or an unpinned thread */
  cpu: number | null
  context: string | null
  /** in the threshold's unit; null when not known */
  measured: number | null
  /** the true value is `measured` or more */
  measuredIsLowerBound: boolean
  /** the true value is `measured` or less (hwlatdetect's `Below threshold`) */
  measuredIsUpperBound: boolean
  result: Result
  code: CheckCode
  /** one sentence without the threshold: `57 µs is not < 20 µs` */
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

/** Something about the whole run that forbids a pass, whatever the checks say. */
export interface Doubt {
  code: string
  message: string
}

export interface Verdict {
  result: Result
  /** plain sentences, the gravest first */
  reasons: readonly string[]
  checks: readonly Check[]
  doubts: readonly Doubt[]
  /** what the samples allow to claim (rule of three) */
  claims: readonly string[]
}
