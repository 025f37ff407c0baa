import type { Runner, TaskFailure, Tasks } from '../ports.ts'
import { ProcReader } from './proc-reader.ts'
import { Snapshot } from './snapshot.ts'
import { runForEach } from './util-linux.ts'

/**
 * The threads of this machine. Node has no sched_setaffinity(2), so taskset(1) and chrt(1) of util-linux do it;
 * afterwards /proc is read again, and what stands there is the truth.
 */
export function openLiveTasks(runner: Runner): Tasks {
  const snapshot = new Snapshot(new ProcReader('/proc'))
  return {
    all: () => snapshot.all(),
    find: (tid) => snapshot.find(tid),
    affinity: (tid) => snapshot.affinity(tid),
    commandLine: (pid) => snapshot.commandLine(pid),

    async setAffinity(changes) {
      const said = await runForEach(
        runner,
        ['taskset', '-p', '-c'],
        changes.map(({ tid, cpus }) => [cpus.toString(), `${tid}`]),
      )
      snapshot.forget()
      return failures(changes, ({ tid, cpus }) => {
        const now = snapshot.affinity(tid)
        // The kernel cuts a mask to the cgroup's CPUs (sched_setaffinity(2)); what is left must be of ours.
        if (now === undefined || (now.isSubsetOf(cpus) && !said.has(tid))) return undefined
        return said.get(tid) ?? `the kernel keeps it on CPUs ${now}`
      })
    },

    async setPolicy(changes) {
      const said = await runForEach(
        runner,
        ['chrt'],
        changes.map(({ tid, policy, priority }) => [`--${policy}`, '-p', `${priority}`, `${tid}`]),
      )
      snapshot.forget()
      return failures(changes, ({ tid, policy, priority }) => {
        const now = snapshot.find(tid)
        if (now === undefined || (now.policy === policy && now.priority === priority)) return undefined
        return said.get(tid) ?? `the kernel keeps it ${now.policy} ${now.priority}`
      })
    },
  }
}

function failures<T extends { tid: number }>(
  changes: readonly T[],
  reasonOf: (change: T) => string | undefined,
): TaskFailure[] {
  return changes.flatMap((change) => {
    const reason = reasonOf(change)
    return reason === undefined ? [] : [{ tid: change.tid, reason }]
  })
}
