import type { Policy, Task } from '../ports.ts'

/** include/linux/sched.h */
const PF_KTHREAD = 0x0020_0000
const PF_NO_SETAFFINITY = 0x0400_0000

/** include/uapi/linux/sched.h; a number that is not here (SCHED_EXT) is ordinary to us */
const POLICIES: Readonly<Record<number, Policy>> = {
  0: 'other',
  1: 'fifo',
  2: 'rr',
  3: 'batch',
  5: 'idle',
  6: 'deadline',
}
export const POLICY_NUMBERS: Readonly<Record<Policy, number>> = {
  other: 0,
  fifo: 1,
  rr: 2,
  batch: 3,
  idle: 5,
  deadline: 6,
}

/** Index of a field of proc(5) `/proc/PID/stat` after the command name, which ends at the last `)`. */
const AFTER_COMM = 3
export const STAT_FIELD = { rtPriority: 40 - AFTER_COMM, policy: 41 - AFTER_COMM } as const
const STATE = 3 - AFTER_COMM
const PARENT = 4 - AFTER_COMM
const FLAGS = 9 - AFTER_COMM
const NUM_THREADS = 20 - AFTER_COMM
const START_TICKS = 22 - AFTER_COMM

export interface Stat {
  task: Task
  /** a zombie or dead task runs on no CPU any more */
  ended: boolean
  /** threads of the process */
  threads: number
}

/**
 * Reads one line of `/proc/PID/stat` (proc(5)), given as latin1 so that offsets are bytes; the command name may hold
 * blanks, parentheses and UTF-8.
 * @returns undefined for a text that is no stat line (a task that ended while it was read)
 */
export function parseStat(latin1: string, pid: number): Stat | undefined {
  const open = latin1.indexOf('(')
  const close = latin1.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const tid = Number(latin1.slice(0, open))
  const fields = latin1.slice(close + 2).split(' ')
  if (!Number.isInteger(tid) || fields.length <= STAT_FIELD.policy) return undefined
  const flags = Number(fields[FLAGS])
  const state = fields[STATE]
  const task: Task = {
    tid,
    pid,
    parent: Number(fields[PARENT]),
    comm: fromLatin1(latin1.slice(open + 1, close)),
    kernel: (flags & PF_KTHREAD) !== 0,
    bound: (flags & PF_NO_SETAFFINITY) !== 0,
    policy: POLICIES[Number(fields[STAT_FIELD.policy])] ?? 'other',
    priority: Number(fields[STAT_FIELD.rtPriority]),
    startTicks: Number(fields[START_TICKS]),
  }
  return { task, ended: state === 'Z' || state === 'X', threads: Number(fields[NUM_THREADS]) }
}

function fromLatin1(text: string): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text
}
