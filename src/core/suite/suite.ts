import type { Place } from '../errors.ts'
import type { Threshold } from '../verdict/verdict.ts'

export const SUITE_TOOLS = ['cyclictest', 'hwlatdetect', 'oslat', 'rtla-timerlat', 'rtla-osnoise'] as const
export type SuiteTool = (typeof SUITE_TOOLS)[number]

export const LOADS = ['none', 'stress-ng', 'fork-signal'] as const
/** stress-ng on the housekeeping CPUs; fork-signal: the talk's endless forks and a task that signals */
export type Load = (typeof LOADS)[number]

/** One tool, run once. An option that is not given is the tool's own default (or measure's). */
export interface SuiteStep {
  /** from `[step NAME]`; unique in its suite */
  name: string
  tool: SuiteTool
  durationS: number
  /** cyclictest -i, rtla -p, us */
  intervalUs?: number
  /** SCHED_FIFO priority, 1..99 (cyclictest -p, oslat -f, rtla -P f:N) */
  priority?: number
  /** number of buckets of 1 us (cyclictest -h, oslat -b, rtla -E) */
  histogramBuckets?: number
  /** cyclictest -d: offset between the threads' wake-ups, us */
  distanceUs?: number
  /** what the tool itself counts as an event (hwlatdetect --threshold, rtla osnoise -T), us */
  thresholdUs?: number
  /** hwlatdetect --width: measured part of each window, us */
  widthUs?: number
  /** hwlatdetect --window, us */
  windowUs?: number
  /** oslat -w */
  workload?: 'no' | 'memmove'
  /** oslat -m, as the tool reads it: `4K` */
  memory?: string
  place: Place
}

/** What is measured, how long, under which load, and what the numbers must be. */
export interface Suite {
  /** file name without `.conf` */
  name: string
  path: string
  /** one sentence for `list` and reports; the name where the file gives none */
  title: string
  steps: readonly SuiteStep[]
  /** `isolated`, or a cpulist */
  cpus: string
  thresholds: readonly Threshold[]
  load: Load
  /** cyclictest --default-system: leave the machine's own C-state policy in force */
  defaultSystem: boolean
  /** systemd.time(7) OnCalendar=; undefined: only by hand */
  onCalendar?: string
  /** systemd.time(7) RandomizedDelaySec= */
  randomizedDelay?: string
  /** where the schedule stands in the file: systemd judges it later, and its answer is shown with the line */
  schedulePlaces?: { onCalendar?: Place; randomizedDelay?: Place }
  /** a scheduled run is put off while guests or other real-time tasks live on the CPUs */
  onlyWhenIdle: boolean
  /** the run ends as soon as a limit is broken */
  failFast: boolean
}
