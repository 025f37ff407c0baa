import type { Json } from '../core/plan/setting.ts'
import type { Ports, Task, TaskFailure, Tasks } from '../host/ports.ts'
import { type Kept, RefusedError, type Restored } from './knob.ts'
import { nameTasks } from './task-selector.ts'

/** A thread as it was before: its number and start time name it for ever. */
export interface TaskRecord {
  [key: string]: Json
  tid: number
  startTicks: number
  comm: string
}

/** Threads are named by number and start time: a number alone may belong to another thread by now. */
export function recordOf(task: Task): TaskRecord {
  return { tid: task.tid, startTicks: task.startTicks, comm: task.comm }
}

export function sameTask(record: TaskRecord, task: Task | undefined): task is Task {
  return task !== undefined && task.startTicks === record.startTicks
}

/** All threads that a rule has changed: those seen before its write, and those born meanwhile. */
export function recordsOf<Record extends TaskRecord>({ before, wrote }: Omit<Kept, 'ref'>): Record[] {
  const { born = [] } = (wrote ?? {}) as { born?: Record[] }
  return [...(before as Record[]), ...born]
}

/**
 * Threads of an earlier and a later capture of the same rule: whoever was recorded first keeps what it had then.
 */
export function joinRecords(earlier: Kept, later: Kept): Json {
  const first = recordsOf(earlier)
  const known = new Set(first.map(({ tid, startTicks }) => `${tid}:${startTicks}`))
  return [...first, ...recordsOf(later).filter(({ tid, startTicks }) => !known.has(`${tid}:${startTicks}`))]
}

/** Splits the living threads of an earlier rule; `mine` says which are another rule's from now on. */
export function shareOut<Record extends TaskRecord>(
  earlier: Kept,
  { tasks }: Ports,
  mine: (record: Record, now: Task) => boolean,
): { taken: Json[]; left: Json[] } | undefined {
  const taken: Json[] = []
  const left: Json[] = []
  for (const record of recordsOf<Record>(earlier)) {
    const now = tasks.find(record.tid)
    if (sameTask(record, now)) (mine(record, now) ? taken : left).push(record)
  }
  return taken.length === 0 ? undefined : { taken, left }
}

/**
 * Some threads may refuse (a cgroup that allows only the isolated CPUs): the rest stays done, and verify names them.
 * @throws RefusedError when no thread at all could be changed
 */
export function refuseIfNone(wanted: number, failures: readonly TaskFailure[], tasks: Tasks): void {
  const [first] = failures
  if (!first || failures.length < wanted) return
  const named = nameTasks(failures.map(({ tid }) => ({ tid, comm: tasks.find(tid)?.comm ?? 'a thread' })))
  throw new RefusedError(`${named}: ${first.reason}`)
}

/** How one thread came out of a restore; `changed` says what a stranger made of it. */
export type Fate = 'back' | 'unchanged' | 'ended' | { changed: string }

/** One answer for a whole rule: a stranger's change is always told, threads that ended are no matter. */
export function summarize(fates: readonly Fate[]): Restored {
  const foreign = fates.filter((fate) => typeof fate === 'object').map(({ changed }) => changed)
  if (foreign.length > 0) {
    const more = foreign.length > 5 ? ` and ${foreign.length - 5} more` : ''
    return { outcome: 'foreign', found: foreign.slice(0, 5).join(', ') + more }
  }
  if (fates.includes('back')) return { outcome: 'restored' }
  return { outcome: fates.length > 0 && fates.every((fate) => fate === 'ended') ? 'gone' : 'unchanged' }
}
