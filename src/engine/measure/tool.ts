import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { CpuMeasurement, Finding } from '../../core/latency/measurement.ts'
import type { SuiteStep, SuiteTool } from '../../core/suite/suite.ts'

/** What one run of one tool shall do. */
export interface MeasureRequest {
  /** the options that the suite gives the tool; one that is not given is the tool file's own default */
  step: SuiteStep
  cpus: CpuSet
  /** where the tool's main thread (and quietcore itself) runs; may overlap `cpus` on a machine too small */
  housekeeping: CpuSet
  /** ends the run as soon as a limit is broken; null: runs to its end */
  stop: StopLimit | null
  /** false: let cyclictest hold the CPUs out of deep idle states, as its own default does */
  machineIdleStates: boolean
  /** `affinity`: the tool pins its threads; `taskset`: one CPU for the whole tool, as the talk's 24 h line does */
  pin: 'affinity' | 'taskset'
}

/** The largest latency that is still right: `<` 20 is broken by 20, `<=` 20 by 21. */
export interface StopLimit {
  comparison: '<' | '<='
  limitUs: number
}

/** A program to start, and what the operator must know of the way it measures. */
export interface ToolCommand {
  argv: readonly string[]
  env: Record<string, string>
  /** true for a line of live output that breaks the limit: the tool is then ended */
  breaks?: (line: string) => boolean
  notes: readonly Finding[]
}

/** Why a tool did not measure at all: not a latency failure. */
export interface Refusal {
  code: string
  message: string
  next: string
}

/** A latency tool: one file each, one line in tools.ts. */
export interface MeasureTool {
  name: SuiteTool
  program: string
  packages: { debian: string; rhel: string }
  /** name in tracefs `available_tracers`; null: works without tracefs */
  tracer: string | null
  /** prints the options that this build has */
  help: readonly string[]
  /** prints the version */
  version: readonly string[] | null
  /** smallest privilege: a real-time priority, or root for tracefs */
  needs: 'realtime' | 'root'
  command(request: MeasureRequest, help: string): ToolCommand
  /** judged by what it printed, because exit codes lie; undefined when it measured */
  refusal(run: { exitCode: number | null; stdout: string; stderr: string }): Refusal | undefined
  /** what it says of a broken limit when it then prints no table */
  broken?: (stderr: string) => CpuMeasurement | undefined
}

/** Whole microseconds that a tool stops *above* (cyclictest -b: latency > N). */
export function stopAbove(stop: StopLimit): number {
  return stop.comparison === '<' ? Math.ceil(stop.limitUs) - 1 : Math.floor(stop.limitUs)
}

/** Whole microseconds that a tool stops *at* (oslat -T and timerlat: latency >= N). */
export function stopAt(stop: StopLimit): number {
  return stopAbove(stop) + 1
}

export function note(code: string, message: string): Finding {
  return { code, message, trust: true }
}

/** Usage text instead of numbers: this build does not know an option we gave it. */
export function usageRefusal(program: string, output: string): Refusal | undefined {
  const line = output.split('\n').find((text) => /(invalid|unrecognized|unknown) option/.test(text))
  if (line === undefined) return undefined
  return {
    code: 'tool-refused-options',
    message: `this ${program} does not know an option: ${line.trim()}`,
    next: `Install a newer ${program}, or take the option out of the suite.`,
  }
}
