import { CpuSet } from '../core/cpu/cpu-set.ts'
import { MachineError } from '../core/errors.ts'
import type { Json, KnobRef } from '../core/plan/setting.ts'
import type { Ports, Task, TaskFailure, Tasks } from '../host/ports.ts'
import type { Knob, Reading, Restored } from './knob.ts'
import {
  type Fate,
  joinRecords,
  recordOf,
  recordsOf,
  refuseIfNone,
  sameTask,
  shareOut,
  summarize,
  type TaskRecord,
} from './task-records.ts'
import { nameTasks, noSuchThread, select, type TaskSelector } from './task-selector.ts'

/** The CPUs of many threads, by one rule. CPU lists are text, as in the kernel: `2-3`. */
export interface TasksAffinityRef extends KnobRef {
  knob: 'tasks-affinity'
  select: TaskSelector
  /** move: away from `away`, and to `home` when nothing else is left. set: exactly on `cpus`. */
  rule: { to: 'leave'; away: string; home: string } | { to: 'stay'; cpus: string }
}

/** Services start a handful of threads within milliseconds; more looks than this would be a race with a fork bomb. */
const MOST_LOOKS = 5

interface AffinityRecord extends TaskRecord {
  cpus: string
}

/**
 * What `read` answers when every thread is as the rule wants, and so what a setting wants.
 */
export function wantedAffinity({ rule }: Pick<TasksAffinityRef, 'rule'>): string {
  return rule.to === 'leave' ? `no movable thread on ${rule.away}` : rule.cpus
}

/** CPUs of threads (sched_setaffinity(2)), as the kernel has them in /proc/TID/status. */
export const tasksAffinity: Knob<TasksAffinityRef> = {
  name: 'tasks-affinity',
  lifetime: 'boot',

  read(ref, ports): Reading {
    const members = select(ref.select, ports)
    if (members.length === 0 && ref.select.by === 'group')
      return { unsupported: noSuchThread(ref.select.pattern) }
    const wrong = misplaced(ref, members, ports.tasks)
    return { have: wrong.length === 0 ? wantedAffinity(ref) : describe(ref, members.length, wrong) }
  },

  capture(ref, ports): Json {
    return misplaced(ref, select(ref.select, ports), ports.tasks).map(affinityRecord)
  },

  async write(ref, _value, ports): Promise<Json> {
    const tried = new Set<number>()
    const failures: TaskFailure[] = []
    const born: AffinityRecord[] = []
    // A thread that is born while its parent is being moved has the parent's old CPUs: look again until none is left.
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const wrong = misplaced(ref, select(ref.select, ports), ports.tasks).filter(
        ({ task }) => !tried.has(task.tid),
      )
      if (wrong.length === 0) break
      for (const { task } of wrong) tried.add(task.tid)
      if (looks > 0) born.push(...wrong.map(affinityRecord))
      const changes = wrong.map(({ task, cpus }) => ({ tid: task.tid, cpus: targetOf(ref, cpus) }))
      failures.push(...(await ports.tasks.setAffinity(changes)))
    }
    refuseIfNone(tried.size, failures, ports.tasks)
    return {
      changed: tried.size - failures.length,
      failed: failures.map(({ tid, reason }) => ({ tid, reason })),
      ...(born.length > 0 ? { born } : {}),
    }
  },

  async restore(ref, before, wrote, ports): Promise<Restored> {
    const { fates, back } = sortOut(ref, recordsOf({ before, wrote }), wrote, ports)
    const failures = await ports.tasks.setAffinity(back)
    if (failures.length > 0) throw notBack(failures[0]!.reason, failures.length)
    return summarize(fates)
  },

  join: joinRecords,

  recapture(kept, { tasks }): Json {
    return recordsOf<AffinityRecord>(kept).flatMap((record) => {
      const now = sameTask(record, tasks.find(record.tid)) ? tasks.affinity(record.tid) : undefined
      return now === undefined ? [] : [{ ...record, cpus: now.toString() }]
    })
  },

  takeOver(ref, earlier, ports) {
    const named = new Set(select(ref.select, ports).map(({ tid }) => tid))
    return shareOut<AffinityRecord>(earlier, ports, (record, { tid }) => {
      const now = ports.tasks.affinity(tid)
      return named.has(tid) && now !== undefined && isOurs(earlier.ref, record, now)
    })
  },

  async carryOver(ref, taken, { tasks }) {
    const changes = (taken as AffinityRecord[])
      .map(({ tid, cpus }) => ({ tid, cpus: targetOf(ref, CpuSet.parse(cpus)) }))
      .filter(({ tid, cpus }) => tasks.affinity(tid)?.equals(cpus) === false)
    const failed = await tasks.setAffinity(changes)
    const moved = changes.length - failed.length
    return { moved, wrote: { changed: moved, failed: failed.map(({ tid, reason }) => ({ tid, reason })) } }
  },
}

interface Placed {
  task: Task
  cpus: CpuSet
}

function affinityRecord({ task, cpus }: Placed): AffinityRecord {
  return { ...recordOf(task), cpus: cpus.toString() }
}

function misplaced(ref: TasksAffinityRef, members: readonly Task[], tasks: Tasks): Placed[] {
  const wrong = wrongCpus(ref)
  return members.flatMap((task): Placed[] => {
    const cpus = task.bound ? undefined : tasks.affinity(task.tid)
    return cpus !== undefined && wrong(cpus) ? [{ task, cpus }] : []
  })
}

/** Judges each list of CPUs once: thousands of threads share a few of them. */
function wrongCpus({ rule }: TasksAffinityRef): (cpus: CpuSet) => boolean {
  const wanted = CpuSet.parse(rule.to === 'stay' ? rule.cpus : rule.away)
  const judged = new Map<CpuSet, boolean>()
  return (cpus) => {
    const known = judged.get(cpus)
    if (known !== undefined) return known
    const wrong = rule.to === 'stay' ? !cpus.equals(wanted) : cpus.intersect(wanted).size > 0
    judged.set(cpus, wrong)
    return wrong
  }
}

/** A thread keeps what it had outside the isolated CPUs, CPUs that are offline now included. */
function targetOf({ rule }: TasksAffinityRef, cpus: CpuSet): CpuSet {
  if (rule.to === 'stay') return CpuSet.parse(rule.cpus)
  const home = CpuSet.parse(rule.home)
  const kept = cpus.minus(CpuSet.parse(rule.away))
  return kept.intersect(home).size > 0 ? kept : home
}

/** The kernel may have cut our mask to the CPUs of the thread's cgroup: what is left is still ours. */
function isOurs(ref: TasksAffinityRef, { cpus }: AffinityRecord, now: CpuSet): boolean {
  return now.isSubsetOf(targetOf(ref, CpuSet.parse(cpus)))
}

function describe({ rule }: TasksAffinityRef, total: number, wrong: readonly Placed[]): string {
  if (rule.to === 'leave') {
    return `${wrong.length} of ${total} threads may run on ${rule.away}: ${nameTasks(wrong.map(({ task }) => task))}`
  }
  const [first] = wrong
  return `${total - wrong.length} of ${total}: ${first!.task.comm} (${first!.task.tid}) is on ${first!.cpus}`
}

function sortOut(
  ref: TasksAffinityRef,
  before: readonly AffinityRecord[],
  wrote: Json,
  { tasks }: Ports,
): { fates: Fate[]; back: { tid: number; cpus: CpuSet }[] } {
  const back: { tid: number; cpus: CpuSet }[] = []
  const fates = before.map((record): Fate => {
    const now = sameTask(record, tasks.find(record.tid)) ? tasks.affinity(record.tid) : undefined
    if (now === undefined) return 'ended'
    const earlier = CpuSet.parse(record.cpus)
    if (wrote !== null && now.equals(earlier)) return 'unchanged'
    if (wrote !== null && !isOurs(ref, record, now)) {
      return { changed: `${record.comm} (${record.tid}) is on ${now}` }
    }
    back.push({ tid: record.tid, cpus: earlier })
    return 'back'
  })
  return { fates, back }
}

function notBack(reason: string, count: number): MachineError {
  return new MachineError({
    code: 'threads-not-restored',
    message: `${count} thread${count === 1 ? '' : 's'} could not be put back on the earlier CPUs: ${reason}`,
    next: 'Look at the CPUs of the threads with taskset -p, and at the cpuset of their cgroup.',
  })
}
