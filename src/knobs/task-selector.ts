import { pythonRegex } from '../core/profile/python-regex.ts'
import type { Policy, Ports, Root, Task, Tasks } from '../host/ports.ts'

/** Which threads a rule is about. Plain data, because the journal keeps it. */
export type TaskSelector = SweepSelector | GroupSelector

/**
 * Every thread that can be moved: TuneD's ps_whitelist, ps_blacklist and cgroup_ps_blacklist. Expressions are searched
 * in the command name; for kernel threads in `[name]` too, since that is how profiles write them. A process that is
 * left out takes its threads with it (the threads of qemu-kvm are called `CPU 0/KVM`).
 */
export interface SweepSelector {
  [key: string]: string | string[] | GroupSelector[]
  by: 'sweep'
  /** one of these is found */
  only: string[]
  /** none of these is found */
  not: string[]
  /** none of these is found in /proc/PID/cgroup, its lines joined by commas */
  notCgroups: string[]
  /** threads whose CPUs another rule sets */
  elsewhere: GroupSelector[]
}

/** Threads of one `group.` rule; the last rule that matches wins, so those of later rules are not of this one. */
export interface GroupSelector {
  [key: string]: string | string[]
  by: 'group'
  /** searched in the text that ps shows: `[ksoftirqd/0]`, `/usr/sbin/sshd -D` */
  pattern: string
  /** patterns of later rules */
  later: string[]
}

/** Threads that the selector names, of those that the machine has now. */
export function select(selector: TaskSelector, ports: Ports): Task[] {
  const all = ports.tasks.all()
  return selector.by === 'sweep'
    ? sweep(selector, all, ports)
    : all.filter(groupMatcher(selector, ports.tasks))
}

function sweep(selector: SweepSelector, all: readonly Task[], { tasks, root }: Ports): Task[] {
  const [only, not, notCgroups] = [selector.only, selector.not, selector.notCgroups].map(expressions)
  const elsewhere = selector.elsewhere.map((group) => groupMatcher(group, tasks))
  const chosen = (task: Task): boolean => named(only!, task) && !named(not!, task)
  const inCgroup = ({ pid }: Task): boolean =>
    notCgroups!.length > 0 && notCgroups!.some((one) => one.test(cgroupsOf(root, pid)))
  const leaders = all.filter((task) => task.tid === task.pid)
  const leftOut = new Set(leaders.filter((task) => !chosen(task) || inCgroup(task)).map(({ pid }) => pid))
  return all.filter(
    (task) =>
      !task.bound && !leftOut.has(task.pid) && chosen(task) && !elsewhere.some((matches) => matches(task)),
  )
}

function named(patterns: readonly RegExp[], { comm, kernel }: Task): boolean {
  return patterns.some((one) => one.test(comm) || (kernel && one.test(`[${comm}]`)))
}

function cgroupsOf(root: Root, pid: number): string {
  return (root.readTextIfThere(`/proc/${pid}/cgroup`) ?? '').trim().replaceAll('\n', ',')
}

function groupMatcher(selector: GroupSelector, tasks: Tasks): (task: Task) => boolean {
  const [pattern] = expressions([selector.pattern])
  const later = expressions(selector.later)
  return (task) => {
    const title = titleOf(task, tasks)
    return pattern!.test(title) && !later.some((one) => one.test(title))
  }
}

/** Refs hold the expressions as the profile has them, in Python's syntax; the profile's were checked with their place. */
function expressions(sources: readonly string[]): RegExp[] {
  return sources.map((source) => pythonRegex(source, { file: 'journal' }))
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
