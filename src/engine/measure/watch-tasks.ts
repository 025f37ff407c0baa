import { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Ports, Root } from '../../host/ports.ts'
import type { Living } from './occupancy.ts'

const WATCH_MS = 250
const MS_PER_TICK = 10

interface Used {
  ticks: number
  lastCpu: number
}

/**
 * The user tasks of the machine that may run on `cpus`, watched for a quarter of a second for their use of a CPU
 * there. `self` and its ancestors are not among them.
 */
export async function watchTasks(
  ports: Pick<Ports, 'root' | 'tasks'>,
  cpus: CpuSet,
  self: number,
): Promise<Living[]> {
  const { root, tasks } = ports
  const mine = withAncestors(root, self)
  const candidates = tasks.all().filter((task) => !task.kernel && !mine.has(task.pid))
  const near = candidates.flatMap((task) => {
    const allowed = tasks.affinity(task.tid) ?? CpuSet.empty
    return allowed.intersect(cpus).size > 0 ? [{ task, allowed }] : []
  })
  const used = (task: { pid: number; tid: number }) =>
    readUsed(root.readTextIfThere(`/proc/${task.pid}/task/${task.tid}/stat`))
  const before = new Map(near.map(({ task }) => [task.tid, used(task)]))
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
  return near.map(({ task, allowed }) => {
    const earlier = before.get(task.tid)
    const later = used(task)
    const here = later !== undefined && cpus.has(later.lastCpu)
    const busy = earlier && later && here ? ((later.ticks - earlier.ticks) * MS_PER_TICK) / WATCH_MS : null
    return { task, allowed, busy, commandLine: tasks.commandLine(task.pid) }
  })
}

/** utime, stime and the CPU it ran on last (proc_pid_stat(5): fields 14, 15 and 39). */
function readUsed(stat: string | undefined): Used | undefined {
  if (stat === undefined) return undefined
  // The name may hold blanks and parentheses: fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { ticks: Number(fields[11]) + Number(fields[12]), lastCpu: Number(fields[36]) }
}

export function withAncestors(root: Root, self: number): Set<number> {
  return new Set([self, ...ancestors(self, (path) => root.readTextIfThere(path))])
}

function ancestors(pid: number, read: (path: string) => string | undefined): number[] {
  const parents: number[] = []
  for (let at = pid; at > 1; ) {
    const stat = read(`/proc/${at}/stat`)
    if (stat === undefined) break
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    parents.push(at)
  }
  return parents
}
