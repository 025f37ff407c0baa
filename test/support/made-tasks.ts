import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import type { Policy } from '../../src/host/ports.ts'

/** One thread to lay out in /proc. */
export interface MadeTask {
  tid: number
  /** default: the thread is its process */
  pid?: number
  /** process that started it; default 0 */
  parent?: number
  comm: string
  /** a kernel thread: no command line */
  kernel?: boolean
  /** PF_NO_SETAFFINITY */
  bound?: boolean
  policy?: Policy
  priority?: number
  /** cpulist; default: all CPUs of the machine */
  cpus?: string
  /** clock ticks after boot; default 100 */
  startTicks?: number
  /** arguments split by blanks; default: the comm for processes */
  cmdline?: string
  /** S, R or Z; default S */
  state?: string
}

const POLICY = { other: 0, fifo: 1, rr: 2, batch: 3, idle: 5, deadline: 6 } as const

/** Files of /proc for these threads, as Linux 6.1 prints them (fields of no interest are 0). */
export function taskFiles(tasks: readonly MadeTask[], all: CpuSet): Record<string, string> {
  const files: Record<string, string> = {}
  for (const task of tasks) {
    const pid = task.pid ?? task.tid
    const threads = tasks.filter((other) => (other.pid ?? other.tid) === pid).length
    const own = { stat: statLine(task, threads), status: statusText(task, pid, threads, all) }
    for (const [name, text] of Object.entries(own)) {
      files[`/proc/${pid}/task/${task.tid}/${name}`] = text
      if (pid === task.tid) files[`/proc/${pid}/${name}`] = text
    }
    if (pid === task.tid) {
      const line = task.kernel ? '' : (task.cmdline ?? task.comm)
      files[`/proc/${pid}/cmdline`] = line === '' ? '' : `${line.replaceAll(' ', '\0')}\0`
    }
  }
  return files
}

function statLine(task: MadeTask, threads: number): string {
  const fields = new Array<string>(50).fill('0')
  const put = (number: number, value: string | number) => {
    fields[number - 3] = `${value}`
  }
  put(3, task.state ?? 'S')
  put(4, task.parent ?? 0)
  put(9, (task.kernel ? 0x0020_0000 : 0) + (task.bound ? 0x0400_0000 : 0) + 0x40)
  put(18, task.priority ? -1 - task.priority : 20)
  put(20, threads)
  put(22, task.startTicks ?? 100)
  put(40, task.priority ?? 0)
  put(41, POLICY[task.policy ?? 'other'])
  return `${task.tid} (${task.comm}) ${fields.join(' ')}\n`
}

function statusText(task: MadeTask, pid: number, threads: number, all: CpuSet): string {
  const cpus = task.cpus === undefined ? all : CpuSet.parse(task.cpus)
  const wide = Math.ceil(((all.cpus.at(-1) ?? 0) + 1) / 4)
  const digits = cpus.toMask().replaceAll(',', '').replace(/^0+/, '').padStart(wide, '0')
  return [
    `Name:\t${task.comm}`,
    `State:\t${task.state ?? 'S'} (sleeping)`,
    `Tgid:\t${pid}`,
    `Pid:\t${task.tid}`,
    `Threads:\t${threads}`,
    `Cpus_allowed:\t${digits.replace(/(?<=.)(?=(?:.{8})+$)/g, ',')}`,
    `Cpus_allowed_list:\t${cpus}`,
    'Mems_allowed:\t1',
    'voluntary_ctxt_switches:\t1',
    '',
  ].join('\n')
}
