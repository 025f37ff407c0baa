/**
 * What a machine is, seen with other means than quietcore's: coreutils, procps and util-linux inside it.
 * Each state is a sorted list of lines, so that a difference reads as one.
 */
import { runTool } from './driver/tools.ts'
import type { Vm } from './driver/vm.ts'

const FILES = `
  find etc boot -xdev ! -path boot/grub/grubenv -printf '%p %y %m %U:%G %l\\n'
  find etc boot -xdev ! -path boot/grub/grubenv -type f -exec sha256sum -- {} +
`

/**
 * Every file under /etc and /boot: content, mode, owner and link target. grubenv is left out: GRUB itself writes it.
 */
export async function files(vm: Vm): Promise<string[]> {
  return sorted(await vm.shell(`cd /\n${FILES}`))
}

/** The same of a machine's tree under a folder of this machine. */
export async function filesUnder(root: string): Promise<string[]> {
  return sorted(await runTool(['sh', '-euc', `cd "$0"\n${FILES}`, root]))
}

/** Values of /proc/sys that move by themselves, and one that each boot computes from its free memory. */
const VOLATILE = [
  ...['fs/dentry-state', 'fs/file-nr', 'fs/inode-nr', 'fs/inode-state', 'fs/aio-nr', 'fs/quota/'],
  ...[
    'kernel/ns_last_pid',
    'kernel/pty/nr',
    'kernel/random/',
    'kernel/tainted',
    'kernel/hung_task_warnings',
    'kernel/perf_event_max_sample_rate',
    'net/netfilter/',
    'vm/user_reserve_kbytes',
  ],
]

/** The machine's live values: /proc/sys and the parts of sysfs that tune latency. They do not outlive a boot. */
export async function liveValues(vm: Vm): Promise<string[]> {
  const text = await vm.shell(`
    grep -rs '' /proc/sys || true
    grep -s '' /sys/kernel/mm/transparent_hugepage/* /sys/kernel/mm/transparent_hugepage/khugepaged/* || true
    grep -s '' /sys/kernel/mm/ksm/run /proc/irq/default_smp_affinity || true
    grep -rs '' /sys/devices/virtual/workqueue --include=cpumask --include=nice || true
    grep -s '' /sys/devices/system/machinecheck/*/ignore_ce /sys/devices/system/machinecheck/*/check_interval || true
    grep -s '' /sys/devices/system/node/node*/hugepages/*/nr_hugepages || true
    grep -s '' /sys/class/net/*/queues/*/*_cpus /sys/block/*/queue/read_ahead_kb || true
  `)
  return sorted(text).filter((line) => !VOLATILE.some((name) => line.startsWith(`/proc/sys/${name}`)))
}

/** `IRQ cpulist` of every interrupt. */
export async function irqAffinities(vm: Vm): Promise<string[]> {
  return sorted(
    await vm.shell('for irq in /proc/irq/[0-9]*; do echo "${irq##*/} $(cat $irq/smp_affinity_list)"; done'),
  )
}

/** Interrupts that the kernel lets nobody move, found by giving each the mask that it has. */
export async function unmovableIrqs(vm: Vm): Promise<string[]> {
  return sorted(
    await vm.shell(`
    for irq in /proc/irq/[0-9]*; do
      (cat $irq/smp_affinity >$irq/smp_affinity) 2>/dev/null || echo "\${irq##*/}"
    done`),
  )
}

/** One thread, as ps sees it, with its CPUs as its status file gives them. */
export interface Thread {
  tid: number
  comm: string
  kernel: boolean
  /** ps's class: TS, FF, RR, … */
  policy: string
  /** `-` outside of FF and RR */
  priority: string
  cpus: string
  /**
   * The kernel moves it to where its work last was, so that its CPUs say nothing: the threads of interrupts
   * (kernel/irq/manage.c, irq_thread_check_affinity), and workers of workqueues with their rescuers
   * (kernel/workqueue.c, rescuer_thread).
   */
  led: boolean
}

/** `flags TID FLAGS` of every process (proc_pid_stat(5), field 9); a name in it may hold blanks and brackets. */
const FLAGS = `cat /proc/[0-9]*/stat 2>/dev/null | sed -E 's/^([0-9]+) .*\\) . ([0-9-]+ ){5}([0-9]+) .*/flags \\1 \\3/'`
/** include/linux/sched.h */
const PF_WQ_WORKER = 0x20

/** All threads but kworkers, which come and go by themselves, and those of this look. */
export async function threads(vm: Vm): Promise<Thread[]> {
  // one grep, because an emulated machine needs 20 s to start taskset once for each thread
  const text = await vm.shell(`
    ps -eLo lwp=,ppid=,cls=,rtprio=,comm=
    grep -s Cpus_allowed_list: /proc/[0-9]*/task/[0-9]*/status || true
    ${FLAGS}
  `)
  const lines = text.split('\n')
  const workers = workersIn(lines)
  const cpus = new Map(
    lines.flatMap((line) => {
      const [path = '', list] = line.split('Cpus_allowed_list:')
      return list === undefined ? [] : [[Number(path.split('/')[4]), list.trim()] as const]
    }),
  )
  return lines
    .filter((line) => line !== '' && !/^(\/proc\/|flags )/.test(line))
    .flatMap((line): Thread[] => {
      const [tid = '', parent, policy = '', priority = '', ...words] = line.trim().split(/ +/)
      const list = cpus.get(Number(tid))
      if (list === undefined) return []
      const kernel = tid === '2' || parent === '2'
      const comm = words.join(' ')
      const led = comm.startsWith('irq/') || workers.has(Number(tid))
      return [{ tid: Number(tid), comm, kernel, policy, priority, cpus: list, led }]
    })
    .filter(({ comm }) => !/^(kworker|ps$|sh$|grep$|sshd$|sftp)/.test(comm))
}

function workersIn(lines: readonly string[]): ReadonlySet<number> {
  const pairs = lines.filter((line) => line.startsWith('flags ')).map((line) => line.split(' ').map(Number))
  return new Set(pairs.flatMap(([, tid = 0, flags = 0]) => (flags & PF_WQ_WORKER ? [tid] : [])))
}

/** Policy, priority and, where they are its own, CPUs. */
export function scheduling({ policy, priority, cpus, led }: Thread): string {
  return `${policy} ${priority}${led ? '' : ` CPUs ${cpus}`}`
}

/** `before` and `after` of the threads that are in both and are not scheduled the same. */
export function changedThreads(before: readonly Thread[], after: readonly Thread[]): string[] {
  return before.flatMap((was) => {
    const is = after.find(({ tid, comm }) => tid === was.tid && comm === was.comm)
    if (is === undefined || scheduling(is) === scheduling(was)) return []
    return [`${was.tid} ${was.comm}: ${scheduling(was)} -> ${scheduling(is)}`]
  })
}

/** Lines that only one of the two has: `-` before, `+` after. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)]
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ]
}

function sorted(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}
