import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Root, Tasks } from '../../host/ports.ts'

/** Moves quietcore's own threads off the measured CPUs while a tool measures; answers how to take them back. */
export async function stayAside(
  root: Root,
  tasks: Tasks,
  self: number,
  housekeeping: CpuSet,
): Promise<() => Promise<void>> {
  const own = root.list(`/proc/${self}/task`).map(Number)
  const before = own.flatMap((tid) => {
    const cpus = tasks.affinity(tid)
    return cpus === undefined || cpus.isSubsetOf(housekeeping) ? [] : [{ tid, cpus }]
  })
  if (before.length > 0) await tasks.setAffinity(before.map(({ tid }) => ({ tid, cpus: housekeeping })))
  return async () => {
    if (before.length > 0) await tasks.setAffinity(before)
  }
}
