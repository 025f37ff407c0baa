import type { Histogram } from './histogram.ts'

export type { Histogram } from './histogram.ts'

/**
 * One run of one latency tool, whatever its format: the only thing that verdicts and reports know of a tool.
 * Times are microseconds unless the name says otherwise; a value that cannot be known is null, never 0.
 */
export type Tool = 'cyclictest' | 'hwlatdetect' | 'oslat' | 'rtla-timerlat' | 'rtla-osnoise' | string

/** Something about the file or run that an operator must know. `trust: false` forbids a pass. */
export interface Finding {
  code: string
  message: string
  /** false: the numbers cannot be trusted for a verdict (undecided at best) */
  trust: boolean
  line?: number
}

export interface CpuMeasurement {
  /** null for a thread that was not pinned */
  cpu: number | null
  /** thread number of the tool; for rtla one of `irq`, `thread`, `user` is in `context` */
  thread: number | null
  /** rtla timerlat measures three contexts for each CPU; null elsewhere */
  context: 'irq' | 'thread' | 'user' | null
  samples: number | null
  minUs: number | null
  meanUs: number | null
  maxUs: number | null
  /** null when the tool gave no histogram */
  histogram: Histogram | null
}

/** One event above a threshold (hwlatdetect), or a spike (cyclictest --spike). */
export interface LatencyEvent {
  /** seconds since the epoch or since boot as the tool prints them, as text: all digits stay */
  timestamp: string
  cpu: number | null
  innerUs: number | null
  outerUs: number | null
  count: number | null
}

export interface Measurement {
  tool: Tool
  /** as the tool says; null when the format does not */
  toolVersion: string | null
  /** what the format shows of the tool's age, for findings: `cyclictest <2.7 (Total line)` */
  format: string
  argv: readonly string[] | null
  /** wanted duration, s, from argv or header */
  wantedDurationS: number | null
  /** measured duration, s */
  durationS: number | null
  /** period between samples of one thread, us; null where it has no meaning */
  intervalUs: number | null
  cpus: readonly CpuMeasurement[]
  events: readonly LatencyEvent[]
  /** hwlatdetect: all samples above its threshold (each event stands for `count` of them); absent for other tools */
  eventCount?: number | null
  /** threshold that the tool itself was given, us */
  toolThresholdUs: number | null
  /** the tool's own exit status when known */
  exitCode: number | null
  findings: readonly Finding[]
}
