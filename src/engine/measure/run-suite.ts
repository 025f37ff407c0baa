import { setTimeout } from 'node:timers/promises'
import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError } from '../../core/errors.ts'
import type { Facts } from '../../core/facts.ts'
import type { Finding } from '../../core/latency/measurement.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { judge } from '../../core/verdict/judge.ts'
import type { Ports } from '../../host/ports.ts'
import { chooseCpus, type MeasuredCpus } from './choose-cpus.ts'
import { type Sample, takeSample } from './context/sample.ts'
import { type RunningLoad, startLoad } from './load/load.ts'
import { endedFor, LOOK_EVERY_MS, lookForNewcomers, newcomers } from './newcomers.ts'
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
  /** how often it is looked who has come to the CPUs, unless by `force`; default 30 s */
  lookEveryMs?: number
  onProgress?: (progress: Progress) => void
}

/** A suite that was run, before it is judged. */
export interface SuiteRun extends MeasuredCpus {
  suite: Suite
  startedAt: Date
  durationS: number
  steps: readonly StepRun[]
  before: Sample
  after: Sample
  loadArgv: readonly string[] | null
  /** why the load ended before the tools did */
  loadDied: string | undefined
  /** who was on the CPUs all the same (--force, or a scheduled suite with only-when-idle = no) */
  occupants: readonly Occupant[]
}

/** A load needs a moment until it is at work. */
const LOAD_SETTLES_MS = 1000
/** A load must outlive its tools' time-outs, and yet end by itself. */
const LOAD_MARGIN_S = 120

/**
 * Runs a suite's steps one after the other on a machine that was asked before whether it can: programs, privilege,
 * tracers, CPUs, and who lives there. The machine is sampled before and after, never while a tool measures.
 * @throws InputError CPUs; MachineError what is missing, or `cpus-occupied`
 */
export async function runSuite(
  suite: Suite,
  facts: Facts,
  ports: Ports,
  options: RunSuiteOptions,
): Promise<SuiteRun> {
  const { root, tasks, runner, clock } = ports
  const chosen = chooseCpus(suite.cpus, facts.cpu)
  if (options.pin === 'taskset') requireOneCpu(chosen)
  const tools = await prepareTools(suite, ports)
  const living = await watchTasks(ports, chosen.cpus, options.self)
  const found = occupants(living, chosen.cpus, facts.cpu.online)
  if (!options.force) refuseOccupied(found, chosen.cpus)
  const startedAt = clock.now()
  const startedMs = clock.monotonicMs()
  const back = await stayAside(root, tasks, options.self, chosen.housekeeping)
  const load = startLoad(suite.load, chosen.housekeeping, loadDurationS(suite), runner)
  const guard = guarded(chosen.cpus, facts, ports, options)
  try {
    if (load) await pause(LOAD_SETTLES_MS, guard.signal)
    const before = takeSample(root, chosen.cpus)
    const steps = await runSteps(suite, chosen, tools, ports, { ...options, signal: guard.signal })
    return {
      ...chosen,
      findings: [...chosen.findings, ...guard.findings()],
      suite,
      startedAt,
      durationS: (clock.monotonicMs() - startedMs) / 1000,
      steps,
      before,
      after: takeSample(root, chosen.cpus),
      loadArgv: load?.argv ?? null,
      loadDied: load?.died(),
      occupants: found,
    }
  } finally {
    guard.done()
    await endAll(load, back)
  }
}

interface Guard {
  signal: AbortSignal
  findings(): Finding[]
  done(): void
}

/** Ends the run also when somebody comes to live on its CPUs, whom a tool with a real-time priority would starve. */
function guarded(
  cpus: CpuSet,
  facts: Facts,
  ports: Ports,
  { force, self, signal, lookEveryMs = LOOK_EVERY_MS }: RunSuiteOptions,
): Guard {
  const controller = new AbortController()
  const findings: Finding[] = []
  const look = () => newcomers(ports, cpus, facts.cpu.online, self)
  const end = (found: readonly Occupant[]) => {
    findings.push(endedFor(found))
    controller.abort()
  }
  return {
    signal: AbortSignal.any([controller.signal, ...(signal ? [signal] : [])]),
    findings: () => findings,
    done: force ? () => {} : lookForNewcomers(look, lookEveryMs, end),
  }
}

async function runSteps(
  suite: Suite,
  { cpus, housekeeping }: MeasuredCpus,
  tools: ReadonlyMap<string, PreparedTool>,
  ports: Ports,
  { signal, pin, onProgress = () => {} }: RunSuiteOptions,
): Promise<StepRun[]> {
  const steps: StepRun[] = []
  const startedMs = ports.clock.monotonicMs()
  for (const [index, step] of suite.steps.entries()) {
    if (signal?.aborted) break
    const stop = suite.failFast ? stopLimit(suite.thresholds, step.tool, cpus) : null
    const quiet = reportProgress(suite.steps, index, startedMs, ports.clock, onProgress)
    try {
      const how = { cpus, housekeeping, stop, machineIdleStates: suite.defaultSystem, pin }
      steps.push(await runStep(tools.get(step.tool)!, step, { ...how, ...(signal ? { signal } : {}) }, ports))
    } finally {
      quiet()
    }
    if (steps.at(-1)?.refusal || (suite.failFast && hasFailed(suite, steps))) break
  }
  return steps
}

/** A broken limit stays broken, whatever else there is to know of the run. */
function hasFailed(suite: Suite, steps: readonly StepRun[]): boolean {
  const judged = steps.map(({ step, measurement }) => ({ step: step.name, measurement }))
  return judge(judged, suite.thresholds, { tuning: { state: 'unknown' } }).result === 'fail'
}

function loadDurationS(suite: Suite): number {
  return suite.steps.reduce((sum, { durationS }) => sum + durationS * 1.05, 0) + LOAD_MARGIN_S
}

async function endAll(load: RunningLoad | undefined, back: () => Promise<void>): Promise<void> {
  try {
    await load?.stop()
  } finally {
    await back()
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => {
    // Interrupted: the steps see it themselves.
  })
}

function requireOneCpu({ cpus }: MeasuredCpus): void {
  if (cpus.size === 1) return
  throw new InputError({
    code: 'taskset-needs-one-cpu',
    message: `--taskset binds the whole tool to one CPU, but ${cpus} are ${cpus.size}`,
    next: "Name one ('--cpus 2'), or leave --taskset out: then each thread is pinned to its own CPU.",
  })
}
