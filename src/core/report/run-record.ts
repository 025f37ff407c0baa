import type { Disturbance, Tuning } from '../verdict/doubts.ts'
import type { TailEstimate } from '../verdict/tail.ts'
import type { Threshold, Verdict } from '../verdict/verdict.ts'

/** Raised when a field changes its meaning or goes; new optional fields do not raise it. */
export const RUN_SCHEMA_VERSION = 1

/** Exact and sparse; null counts are left out. Rebuilt by `histogramOf`. */
export interface HistogramRecord {
  bucketNs: number
  originNs: number
  resolutionNs: number
  /** bucket index (decimal) to count */
  counts: Record<string, number>
  overflows: number
  overflowFromNs: number | null
  overflowCycles?: readonly number[]
}

/** One thread, or all threads of one context together. A value that cannot be known is null, never 0. */
export interface CpuRecord {
  cpu: number | null
  thread: number | null
  context: 'irq' | 'thread' | 'user' | null
  samples: number | null
  minUs: number | null
  meanUs: number | null
  maxUs: number | null
  /** null when the tool gave no histogram */
  overflows: number | null
  /** null: in the overflow, no histogram, or fewer than 1/(1-p) samples */
  percentilesUs: Record<string, number | null>
  /** lower bounds of the percentiles that lie in the overflow */
  percentilesAtLeastUs?: Record<string, number>
  histogram: HistogramRecord | null
}

export interface EventRecord {
  timestamp: string
  cpu: number | null
  innerUs: number | null
  outerUs: number | null
  count: number | null
}

export interface FindingRecord {
  code: string
  message: string
  /** false: forbids a pass */
  trust: boolean
  line?: number
}

/** One tool, run once. */
export interface MeasurementRecord {
  /** the suite's step; null where there is no suite */
  step: string | null
  tool: string
  toolVersion: string | null
  format: string
  argv: readonly string[] | null
  wantedDurationS: number | null
  durationS: number | null
  intervalUs: number | null
  toolThresholdUs: number | null
  exitCode: number | null
  cpus: readonly CpuRecord[]
  /** all threads together; of rtla timerlat the last context that it measured (user, else thread, else irq) */
  all: CpuRecord | null
  /** rtla timerlat: each context on its own, as a sum over contexts is the distribution of nothing */
  allByContext?: readonly CpuRecord[]
  /** the first of them (the raw output has all) */
  events: readonly EventRecord[]
  /** how many there were; null when not known */
  eventCount: number | null
  findings: readonly FindingRecord[]
  /** names of the files with the tool's own output, in the run's folder */
  rawFiles: readonly string[]
}

/** A value before and after the run, for one line of the context. */
export interface ContextChange {
  /** `LOC`, `smi`, `steal`, `major-faults` … */
  name: string
  /** `CPU 2`; absent for the whole machine */
  where?: string
  before: string | null
  after: string | null
  /** what the change means, where it means something */
  note?: string
}

/** What the machine was and did; sampled before and after, never during. */
export interface ContextRecord {
  /** `microcode`, `clocksource`, `load` … */
  facts: Record<string, string>
  changes: readonly ContextChange[]
  disturbances: readonly Disturbance[]
}

export interface HostRecord {
  name: string
  os: string
  cpuModel: string
  virtualization: string
}

export interface KernelRecord {
  release: string
  realtime: boolean
  cmdline: string
}

export interface TuningRecord extends Tuning {
  profile: string | null
  /** of the settings that the profile asked for (engine/tuning-digest.ts); runs of older versions have none */
  digest?: string
}

/** All that is known of a run: `run.json` (docs/schema/run.schema.json). Every report is made from this alone. */
export interface RunRecord {
  schemaVersion: typeof RUN_SCHEMA_VERSION
  /** `20261122T202424Z-quick`, or the file's name for a file from elsewhere */
  id: string
  /** version of quietcore that made the record */
  quietcoreVersion: string
  /** null for a file from elsewhere */
  suite: { name: string; title: string; path: string } | null
  /** ISO 8601, UTC; null where the file does not say */
  startedAt: string | null
  /** all steps together, s */
  durationS: number | null
  host: HostRecord | null
  kernel: KernelRecord | null
  tuning: TuningRecord
  thresholds: readonly Threshold[]
  measurements: readonly MeasurementRecord[]
  verdict: Verdict
  context: ContextRecord | null
  /** information only, from consecutive runs of the same suite */
  tail?: TailEstimate
}
