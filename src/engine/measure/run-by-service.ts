import { setTimeout } from 'node:timers/promises'
import { MachineError } from '../../core/errors.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { askService } from '../../host/control/ask-service.ts'
import type { Ports } from '../../host/ports.ts'
import { listRuns } from '../runs/list-runs.ts'
import { listMissed } from '../runs/missed-runs.ts'
import { type KeptRun, readRunFolder } from '../runs/read-run.ts'
import { RUNS_FOLDER } from '../runs/run-name.ts'
import type { Progress } from './progress.ts'

/** systemctl is asked so often whether the unit still runs; only who waits in front of a terminal asks. */
const LOOK_EVERY_MS = 1_000

export interface UnitRunOptions {
  /** ends the unit; what it measured is kept and answered */
  signal: AbortSignal
  onProgress?: (progress: Progress) => void
  lookEveryMs?: number
}

/**
 * Has the running service start a named suite as its unit, in its own cgroup, and waits for its kept run. Answers
 * undefined when no service runs.
 * @throws InputError, MachineError why it could not be started, or why nothing was measured
 */
export async function runByService(
  suite: Suite,
  ports: Ports,
  options: UnitRunOptions,
): Promise<(KeptRun & { folder: string }) | undefined> {
  const { root } = ports
  const before = resultsOf(suite.name, ports)
  const body = { suite: suite.name }
  const started = await askService<{ unit: string }>(root, { method: 'POST', path: '/v1/validate', body })
  if (started === undefined) return undefined
  const stop = () => {
    // The unit's end is waited for below, whatever this answers.
    askService(root, { method: 'POST', path: '/v1/validate/stop', body }).catch(() => {})
  }
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    await ended(started.unit, suite, ports, options)
  } finally {
    options.signal.removeEventListener('abort', stop)
  }
  return resultSince(before, started.unit, suite.name, ports)
}

async function ended(unit: string, suite: Suite, { runner, clock }: Ports, options: UnitRunOptions) {
  const startedMs = clock.monotonicMs()
  for (;;) {
    options.onProgress?.(progressOf(suite, (clock.monotonicMs() - startedMs) / 1000))
    await setTimeout(options.lookEveryMs ?? LOOK_EVERY_MS)
    const argv = ['systemctl', 'show', '--property=ActiveState', '--property=Job', '--', unit]
    const { exitCode, stdout, stderr } = await runner.run(argv, { timeoutMs: 60_000 })
    if (exitCode !== 0) throw unknownState(unit, stderr)
    // A job that waits or runs is the start of a oneshot unit, which lasts as long as its program.
    const waits = /^Job=[1-9]/m.test(stdout)
    if (!waits && /^ActiveState=(inactive|failed)$/m.test(stdout)) return
  }
}

/** By the clock alone: the unit's own progress is in no file, as writing one would disturb what it measures. */
function progressOf({ steps }: Suite, elapsedS: number): Progress {
  const wholeS = steps.reduce((sum, { durationS }) => sum + durationS, 0)
  let endS = 0
  const at = steps.findIndex(({ durationS }) => {
    endS += durationS
    return elapsedS < endS
  })
  const index = at === -1 ? steps.length - 1 : at
  const { name, tool } = steps[index]!
  const remainingS = Math.max(0, wholeS - elapsedS)
  return { step: name, tool, index: index + 1, steps: steps.length, elapsedS, remainingS }
}

/** Names of what is kept of a suite: what is there afterwards and was not before is of this run. */
function resultsOf(suite: string, { root }: Ports): ReadonlySet<string> {
  return new Set([
    ...listRuns(root).runs.map(({ name }) => name),
    ...listMissed(root, suite).missed.map(({ id }) => `missed ${id}`),
  ])
}

function resultSince(
  before: ReadonlySet<string>,
  unit: string,
  suite: string,
  { root }: Ports,
): KeptRun & { folder: string } {
  const missed = listMissed(root, suite).missed.findLast(({ id }) => !before.has(`missed ${id}`))
  if (missed) {
    const { code, reason, next } = missed
    throw new MachineError({ code, message: reason, ...(next === null ? {} : { next }) })
  }
  for (const { name } of listRuns(root)
    .runs.filter((run) => !before.has(run.name))
    .toReversed()) {
    const folder = `${RUNS_FOLDER}/${name}`
    const kept = readRunFolder(root, folder)
    if (kept.record.suite?.name === suite) return { ...kept, folder }
  }
  throw new MachineError({
    code: 'no-run-kept',
    message: `${unit} has ended and kept no run`,
    next: `See \`journalctl -u ${unit}\`.`,
  })
}

function unknownState(unit: string, stderr: string): MachineError {
  return new MachineError({
    code: 'systemctl-failed',
    message: `systemctl does not say how ${unit} is: ${stderr.trim()}`,
    next: 'The run goes on; see `quietcore history` later.',
  })
}
