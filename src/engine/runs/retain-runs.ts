import type { ServiceConfig } from '../../core/service/service-config.ts'
import type { Log, Ports, Root } from '../../host/ports.ts'
import { lockHolder } from '../lock.ts'
import { listRuns } from './list-runs.ts'
import { missedNames, removeMissed } from './missed-runs.ts'
import { removeAbandoned, rescueWhole } from './partial-runs.ts'
import { readRecord } from './read-run.ts'
import { expiredRuns, removeRuns } from './retention.ts'
import { RUNS_FOLDER, type RunName } from './run-name.ts'
import { saveWaitingRuns } from './unsaved-runs.ts'

/** A file of this name in a run's folder keeps it for ever: `touch /var/lib/quietcore/runs/RUN/keep`. */
const KEEP = 'keep'

/**
 * Lets go what the configuration no longer keeps: runs and missed runs by count and age, and what killed runs left. A run
 * with a file `keep` stays, and so does the last pass of each suite, to compare with. Runs that were killed when they were
 * whole, or that wait in memory, get their place. Without a configuration (it was refused) no run goes by count or age:
 * what is removed cannot be had back.
 * @throws MachineError
 */
export function retainRuns(
  config: ServiceConfig | null,
  { root, clock, log }: Pick<Ports, 'root' | 'clock' | 'log'>,
): void {
  const now = clock.now()
  if (config) letGo(config, now, root, log)
  const holder = lockHolder(root)
  // While another process works, a run that is not whole may be its own.
  if (holder && holder.pid !== process.pid) return
  rescueWhole(root, log)
  removeAbandoned(root, now, log)
  saveWaitingRuns(root, log)
}

function letGo({ keepRuns, keepDays }: ServiceConfig, now: Date, root: Root, log: Log): void {
  const retention = { keepPerSuite: keepRuns, maxAgeDays: keepDays }
  const { runs } = listRuns(root)
  const expired = expiredRuns(runs, retention, now).filter(({ name }) => !isPinned(root, name))
  const passes = expired.length === 0 ? new Set<string>() : lastPasses(root, runs, expired)
  const gone = expired.filter(({ name }) => !passes.has(name))
  removeRuns(root, gone)
  for (const { name } of gone) log.write('info', `the run ${name} is no longer kept`)
  removeMissed(root, expiredRuns(missedNames(root), retention, now))
}

function isPinned(root: Root, name: string): boolean {
  return root.exists(`${RUNS_FOLDER}/${name}/${KEEP}`)
}

/** Only records of suites that lose runs are read, from the newest back to their last pass. */
function lastPasses(root: Root, runs: readonly RunName[], expired: readonly RunName[]): Set<string> {
  const passes = new Set<string>()
  for (const suite of new Set(expired.map((run) => run.suite))) {
    const last = runs.findLast((run) => run.suite === suite && hasPassed(root, run.name))
    if (last) passes.add(last.name)
  }
  return passes
}

function hasPassed(root: Root, name: string): boolean {
  try {
    return readRecord(root, `${RUNS_FOLDER}/${name}`).verdict.result === 'pass'
  } catch {
    // `history` tells of a record that cannot be read; it is no pass to compare with.
    return false
  }
}
