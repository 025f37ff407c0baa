import { MachineError } from '../core/errors.ts'
import type { Json, KnobRef } from '../core/plan/setting.ts'
import type { Policy, Ports, Task } from '../host/ports.ts'
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
import { type GroupSelector, hasPriority, noSuchThread, select } from './task-selector.ts'

/** Policy and priority of all threads of one rule. */
export interface TasksPolicyRef extends KnobRef {
  knob: 'tasks-policy'
  select: GroupSelector
  /** keep: only the priority of those that have one changes */
  policy: Policy | 'keep'
  /** 1 to 99 for fifo and rr, else 0 */
  priority: number
}

interface PolicyRecord extends TaskRecord {
  policy: Policy
  priority: number
}

/** What `read` answers when every thread is as the rule wants, and so what a setting wants: `fifo:2`, `batch`. */
export function wantedPolicy(ref: Pick<TasksPolicyRef, 'policy' | 'priority'>): string {
  if (ref.policy === 'keep') return `priority ${ref.priority}`
  return hasPriority(ref.policy) ? `${ref.policy}:${ref.priority}` : ref.policy
}

/** Policy and priority of threads (sched(7)), as the kernel has them in /proc/TID/stat. */
export const tasksPolicy: Knob<TasksPolicyRef> = {
  name: 'tasks-policy',
  lifetime: 'boot',

  read(ref, ports): Reading {
    const members = select(ref.select, ports)
    if (members.length === 0) return { unsupported: noSuchThread(ref.select.pattern) }
    const wrong = members.filter((task) => !isAsWanted(ref, task))
    return { have: wrong.length === 0 ? wantedPolicy(ref) : describe(members.length, wrong) }
  },

  capture(ref, ports): Json {
    return select(ref.select, ports)
      .filter((task) => !isAsWanted(ref, task))
      .map((task): PolicyRecord => ({ ...recordOf(task), policy: task.policy, priority: task.priority }))
  },

  async write(ref, _value, ports): Promise<Json> {
    const wrong = select(ref.select, ports).filter((task) => !isAsWanted(ref, task))
    const failures = await ports.tasks.setPolicy(
      wrong.map(({ tid, policy }) => ({
        tid,
        policy: ref.policy === 'keep' ? policy : ref.policy,
        priority: ref.priority,
      })),
    )
    refuseIfNone(wrong.length, failures, ports.tasks)
    return {
      changed: wrong.length - failures.length,
      failed: failures.map(({ tid, reason }) => ({ tid, reason })),
    }
  },

  async restore(ref, before, wrote, ports): Promise<Restored> {
    const { fates, back } = sortOut(ref, before as PolicyRecord[], wrote, ports)
    const failures = await ports.tasks.setPolicy(back)
    if (failures.length > 0) throw notBack(failures[0]!.reason, failures.length)
    return summarize(fates)
  },

  join: joinRecords,

  recapture(kept, { tasks }): Json {
    return recordsOf<PolicyRecord>(kept).flatMap((record) => {
      const now = tasks.find(record.tid)
      return sameTask(record, now) ? [{ ...record, policy: now.policy, priority: now.priority }] : []
    })
  },

  takeOver(ref, earlier, ports) {
    const named = new Set(select(ref.select, ports).map(({ tid }) => tid))
    return shareOut<PolicyRecord>(
      earlier,
      ports,
      (_, now) => named.has(now.tid) && isAsWanted(earlier.ref, now),
    )
  },

  async carryOver(ref, taken, { tasks }) {
    const changes = (taken as PolicyRecord[])
      .map((record) => ({ tid: record.tid, ...targetOf(ref, record) }))
      .filter(({ tid, policy, priority }) => {
        const now = tasks.find(tid)
        return now !== undefined && (now.policy !== policy || now.priority !== priority)
      })
    const failed = await tasks.setPolicy(changes)
    const moved = changes.length - failed.length
    return { moved, wrote: { changed: moved, failed: failed.map(({ tid, reason }) => ({ tid, reason })) } }
  },
}

/** What the rule makes of a thread that had this policy. */
function targetOf(ref: TasksPolicyRef, earlier: PolicyRecord): Pick<PolicyRecord, 'policy' | 'priority'> {
  if (ref.policy !== 'keep') return { policy: ref.policy, priority: ref.priority }
  const { policy } = earlier
  return { policy, priority: hasPriority(policy) ? ref.priority : earlier.priority }
}

function isAsWanted(ref: Pick<TasksPolicyRef, 'policy' | 'priority'>, task: Task): boolean {
  if (ref.policy === 'keep') return !hasPriority(task.policy) || task.priority === ref.priority
  return task.policy === ref.policy && task.priority === ref.priority
}

/** `3 of 4: ksoftirqd/3 (34) is other` */
function describe(total: number, wrong: readonly Task[]): string {
  const first = wrong[0]!
  return `${total - wrong.length} of ${total}: ${first.comm} (${first.tid}) is ${wantedPolicy(first)}`
}

function sortOut(
  ref: TasksPolicyRef,
  before: readonly PolicyRecord[],
  wrote: Json,
  { tasks }: Ports,
): { fates: Fate[]; back: { tid: number; policy: Policy; priority: number }[] } {
  const back: { tid: number; policy: Policy; priority: number }[] = []
  const fates = before.map((record): Fate => {
    const now = tasks.find(record.tid)
    if (!sameTask(record, now)) return 'ended'
    if (wrote !== null && isAsWanted(record, now)) return 'unchanged'
    if (wrote !== null && !isAsWanted(ref, now)) {
      return { changed: `${record.comm} (${record.tid}) is ${wantedPolicy(now)}` }
    }
    back.push({ tid: record.tid, policy: record.policy, priority: record.priority })
    return 'back'
  })
  return { fates, back }
}

function notBack(reason: string, count: number): MachineError {
  return new MachineError({
    code: 'threads-not-restored',
    message: `${count} thread${count === 1 ? '' : 's'} could not be given the earlier policy: ${reason}`,
    next: 'Look at the policies of the threads with chrt -p.',
  })
}
