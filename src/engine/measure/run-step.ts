import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { MachineError } from '../../core/errors.ts'
import type { Finding, Measurement } from '../../core/latency/measurement.ts'
import type { SuiteStep } from '../../core/suite/suite.ts'
import type { Ports } from '../../host/ports.ts'
import { execute, type RawRun, timeoutMs } from './execute.ts'
import type { PreparedTool } from './prepare-tools.ts'
import { readOutput } from './read-output.ts'
import { note, type StopLimit } from './tool.ts'
import { forgetTracing, keepTracing } from './tracing/kept-state.ts'
import { prepareTracing } from './tracing/prepare.ts'
import { restoreTracing } from './tracing/restore.ts'

export interface StepOptions {
  cpus: CpuSet
  housekeeping: CpuSet
  stop: StopLimit | null
  machineIdleStates: boolean
  pin: 'affinity' | 'taskset'
  signal?: AbortSignal
}

/** One tool, run once: what it said, and what is known of it. */
export interface StepRun {
  step: SuiteStep
  toolVersion: string | null
  startedAt: Date
  endedAt: Date
  raw: RawRun
  measurement: Measurement
  /** the tool did not measure at all (no tracer, no privilege, an unknown option); what it printed is in `raw` */
  refusal: MachineError | null
}

/** Runs one step of a suite and reads what the tool printed. tracefs is put back whatever happens. */
export async function runStep(
  prepared: PreparedTool,
  step: SuiteStep,
  options: StepOptions,
  ports: Pick<Ports, 'root' | 'runner' | 'clock'>,
): Promise<StepRun> {
  const { tool, probe } = prepared
  const { signal, ...how } = options
  const tracing = tool.tracer === null ? undefined : await prepareTracing(tool, ports.root, ports.runner)
  const command = tool.command({ step, ...how }, probe.help)
  const startedAt = ports.clock.now()
  let raw: RawRun
  let left: Finding[] = []
  if (tracing) keepTracing(tracing, ports.root)
  try {
    raw = await execute(command, ports.runner, {
      timeoutMs: timeoutMs(step.durationS),
      ...(signal ? { signal } : {}),
    })
  } finally {
    if (tracing) {
      left = leftovers(restoreTracing(tracing, ports.root).refused)
      forgetTracing(ports.root)
    }
  }
  const endedAt = ports.clock.now()
  const why = raw.ending === 'interrupted' ? undefined : tool.refusal(raw)
  const findings = [...command.notes, ...endingFindings(raw, step), ...left]
  const measurement = readOutput(raw, step, options.cpus, findings, probe.version)
  const refusal = why === undefined ? null : new MachineError(why)
  return { step, toolVersion: probe.version, startedAt, endedAt, raw, measurement, refusal }
}

function endingFindings(raw: RawRun, step: SuiteStep): Finding[] {
  const ran = `${(raw.durationMs / 1000).toFixed(0)} s of ${step.durationS} s`
  if (raw.ending === 'interrupted') {
    return [{ code: 'interrupted', message: `the run was interrupted after ${ran}`, trust: false }]
  }
  if (raw.ending === 'time-out') {
    const message = `${step.tool} did not end by itself and was ended after ${ran}`
    return [{ code: 'timed-out', message, trust: false }]
  }
  if (raw.ending === 'limit')
    return [note('stopped-at-limit', `the run was ended after ${ran}: a limit was broken`)]
  if (raw.signal !== null) {
    return [
      { code: 'killed', message: `${step.tool} was killed by ${raw.signal} after ${ran}`, trust: false },
    ]
  }
  return []
}

function leftovers(refused: readonly { name: string; reason: string }[]): Finding[] {
  return refused.map(({ name, reason }) =>
    note('tracefs-not-restored', `tracefs ${name} could not be put back: ${reason}`),
  )
}
