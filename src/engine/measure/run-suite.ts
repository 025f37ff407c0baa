import { setTimeout } from 'node:timers/promises'
import { InputError } from '../../core/errors.ts'
import type { Facts } from '../../core/facts.ts'
import type { Finding } from '../../core/latency/measurement.ts'
import type { Suite } from '../../core/suite/suite.ts'
import type { Ports } from '../../host/ports.ts'
import { chooseCpus, type MeasuredCpus } from './choose-cpus.ts'
import { type Changes, compareSamples } from './context/compare.ts'
import { disturbances } from './context/disturbances.ts'
import { takeSample } from './context/sample.ts'
import { type RunningLoad, startLoad } from './load/load.ts'
import { type Occupant, occupants, refuseOccupied } from './occupancy.ts'
import { type PreparedTool, prepareTools } from './prepare-tools.ts'
import { type Progress, reportProgress } from './progress.ts'
import { runStep, type StepRun } from './run-step.ts'
import { stayAside } from './stay-aside.ts'
import { stopLimit } from './stop-limit.ts'
import { watchTasks } from './watch-tasks.ts'

export interface RunSuiteOptions {
  /** measure although somebody lives on the CPUs */
  force: boolean
  pin: 'affinity' | 'taskset'
  /** this process, for staying aside and for not finding itself */
  self: number
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
  /** whether a limit is broken already; with `failFast` no further step is begun then */
  failed: (runs: readonly MeasuredStep[]) => boolean
}

/** One step with what happened on the machine meanwhile. */
export interface MeasuredStep extends StepRun {
  changes: Changes
  /** from the context: told as information, or forbidding a pass (`trust: false`) */
  disturbances: readonly Finding[]
}

/** A suite that was run, before it is judged. */
export interface SuiteRun extends MeasuredCpus {
  suite: Suite
  startedAt: Date
  endedAt: Date
  steps: readonly MeasuredStep[]
  loadArgv: readonly string[] | null
  loadavgBefore: string
  /** who was on the CPUs all the same (--force) */
  occupants: readonly Occupant[]
  interrupted: boolean
}

/** A load needs a moment until it is at work. */
const LOAD_SETTLES_MS = 1000
/** A load must outlive its tools' time-outs, and yet end by itself. */
const LOAD_MARGIN_S = 120

/**
 * Runs a suite's steps one after the other on a machine that was asked before whether it can: programs, privilege,
 * tracers, CPUs, and who lives there.
 * @throws InputError CPUs; MachineError what is missing, or `cpus-occupied`
 */
export async function runSuite(
  suite: Suite,
  facts: Facts,
  ports: Ports,
  options: RunSuiteOptions,
): Promise<SuiteRun> {
  const chosen = chooseCpus(suite.cpus, facts.cpu)
  requireOneCpu(options.pin, chosen)
  const tools = await prepareTools(suite, ports)
  const living = await watchTasks(ports, chosen.cpus, options.self)
  const found = occupants(living, chosen.cpus, facts.cpu.online)
  if (!options.force) refuseOccupied(found, chosen.cpus)
  const startedAt = ports.clock.now()
  const loadavgBefore = ports.root.readTextIfThere('/proc/loadavg')?.trim() ?? ''
  const back = await stayAside(ports.root, ports.tasks, options.self, chosen.housekeeping)
  const load = startLoad(suite.load, chosen.housekeeping, loadDurationS(suite), ports.runner)
  try {
    if (load) await pause(LOAD_SETTLES_MS, options.signal)
    const steps = await runSteps(suite, chosen, tools, load, ports, options)
    return {
      ...chosen,
      suite,
      startedAt,
      endedAt: ports.clock.now(),
      steps,
      loadArgv: load?.argv ?? null,
      loadavgBefore,
      occupants: found,
      interrupted: options.signal?.aborted ?? false,
    }
  } finally {
    await load?.stop()
    await back()
  }
}

async function runSteps(
  suite: Suite,
  { cpus, housekeeping }: MeasuredCpus,
  tools: ReadonlyMap<string, PreparedTool>,
  load: RunningLoad | undefined,
  ports: Ports,
  { signal, failed, pin, onProgress = () => {} }: RunSuiteOptions,
): Promise<MeasuredStep[]> {
  const steps: MeasuredStep[] = []
  const startedMs = ports.clock.monotonicMs()
  for (const [index, step] of suite.steps.entries()) {
    if (signal?.aborted) break
    const stop = suite.failFast ? stopLimit(suite.thresholds, step.tool, cpus) : null
    const quiet = reportProgress(suite.steps, index, startedMs, ports.clock, onProgress)
    const before = takeSample(ports.root, cpus)
    try {
      const how = { cpus, housekeeping, stop, machineIdleStates: suite.defaultSystem, pin }
      const run = await runStep(tools.get(step.tool)!, step, { ...how, ...(signal ? { signal } : {}) }, ports)
      const changes = compareSamples(before, takeSample(ports.root, cpus), cpus)
      steps.push({ ...run, changes, disturbances: [...disturbances(changes), ...loadFinding(load)] })
    } finally {
      quiet()
    }
    if (steps.at(-1)?.refusal || (suite.failFast && failed(steps))) break
  }
  return steps
}

function loadFinding(load: RunningLoad | undefined): Finding[] {
  const died = load?.died()
  return died === undefined
    ? []
    : [{ code: 'load-died', message: `the background load did not last: ${died}`, trust: false }]
}

function loadDurationS(suite: Suite): number {
  return suite.steps.reduce((sum, { durationS }) => sum + durationS * 1.05, 0) + LOAD_MARGIN_S
}

function requireOneCpu(pin: 'affinity' | 'taskset', { cpus }: MeasuredCpus): void {
  if (pin === 'affinity' || cpus.size === 1) return
  throw new InputError({
    code: 'taskset-needs-one-cpu',
    message: `--taskset binds the whole tool to one CPU, but ${cpus} are ${cpus.size}`,
    next: "Name one ('--cpus 2'), or leave --taskset out: then each thread is pinned to its own CPU.",
  })
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => {
    // Interrupted: the steps see it themselves.
  })
}
