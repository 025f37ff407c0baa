import type { Policy, Task, Tasks } from '../host/ports.ts'

/** Which threads a rule is about. Plain data, because the journal keeps it. */
export type TaskSelector = SweepSelector | GroupSelector

/**
 * Every thread that can be moved: TuneD's ps_whitelist and ps_blacklist. Both are searched in the command name; for
 * kernel threads in `[name]` too, since that is how profiles write them. A process that is left out takes its threads
 * with it (the threads of qemu-kvm are called `CPU 0/KVM`).
 */
export interface SweepSelector {
  [key: string]: string | GroupSelector[]
  by: 'sweep'
  /** a regular expression */
  only: string
  /** a regular expression; empty: none is left out */
  not: string
  /** threads whose CPUs another rule sets */
  elsewhere: GroupSelector[]
}

/** Threads of one `group.` rule; the last rule that matches wins, so those of later rules are not of this one. */
export interface GroupSelector {
  [key: string]: string | string[]
  by: 'group'
  /** a regular expression, searched in the text that ps shows: `[ksoftirqd/0]`, `/usr/sbin/sshd -D` */
  pattern: string
  /** patterns of later rules */
  later: string[]
}

/** Threads that the selector names, of those that the machine has now. */
export function select(selector: TaskSelector, tasks: Tasks): Task[] {
  const all = tasks.all()
  return selector.by === 'sweep' ? sweep(selector, all, tasks) : all.filter(groupMatcher(selector, tasks))
}

function sweep(selector: SweepSelector, all: readonly Task[], tasks: Tasks): Task[] {
  const only = new RegExp(selector.only)
  const not = selector.not === '' ? undefined : new RegExp(selector.not)
  const elsewhere = selector.elsewhere.map((group) => groupMatcher(group, tasks))
  const chosen = (task: Task): boolean => found(only, task) && !(not && found(not, task))
  const leftOut = new Set(all.filter((task) => task.tid === task.pid && !chosen(task)).map(({ pid }) => pid))
  return all.filter(
    (task) =>
      !task.bound && !leftOut.has(task.pid) && chosen(task) && !elsewhere.some((matches) => matches(task)),
  )
}

function found(pattern: RegExp, task: Task): boolean {
  return pattern.test(task.comm) || (task.kernel && pattern.test(`[${task.comm}]`))
}

function groupMatcher(selector: GroupSelector, tasks: Tasks): (task: Task) => boolean {
  const pattern = new RegExp(selector.pattern)
  const later = selector.later.map((one) => new RegExp(one))
  return (task) => {
    const title = titleOf(task, tasks)
    return pattern.test(title) && !later.some((one) => one.test(title))
  }
}

/** What ps(1) shows as CMD: kernel threads in brackets, others by their arguments; all threads as their process. */
function titleOf(task: Task, tasks: Tasks): string {
  if (task.kernel) return `[${task.comm}]`
  return tasks.commandLine(task.pid) || task.comm
}

/** `sshd (812), qemu-kvm (4100) and 3 more` */
export function nameTasks(tasks: readonly Pick<Task, 'comm' | 'tid'>[], most = 5): string {
  const named = tasks.slice(0, most).map(({ comm, tid }) => `${comm} (${tid})`)
  const more = tasks.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Policies whose threads have a priority of 1 to 99 (sched(7)). */
export function hasPriority(policy: Policy): boolean {
  return policy === 'fifo' || policy === 'rr'
}

/** What a rule of TuneD calls a thread that nothing matches: said so, because PREEMPT_RT kernels have other threads. */
export function noSuchThread(pattern: string): string {
  return `no thread matches ${pattern}; this kernel or configuration has none of that name`
}
