import { type Answer, faults, type Rule, type Subject } from '../rule.ts'

/** W10: kernel same-page merging. */
export const ksm: Rule = {
  id: 'W10',
  severity: 'warn',
  title: 'KSM does not run',
  why: 'ksmd scans memory and write-protects pages under a lock; a vCPU that writes to a merged page faults.',
  fix: 'echo 2 > /sys/kernel/mm/ksm/run, and disable ksm and ksmtuned; quietcore apply realtime-virtual-host does it.',
  ask({ evidence }: Subject): Answer {
    const run = evidence.host?.ksmRun
    if (run === undefined) return { faults: [], open: 'whether KSM runs is not known' }
    return faults(run === 1 && 'KSM runs on the host (/sys/kernel/mm/ksm/run is 1)')
  },
}

/** W11: the thread kvm-nx-lpage-recovery. */
export const nxHugePages: Rule = {
  id: 'W11',
  severity: 'warn',
  title: 'kvm.nx_huge_pages is off',
  why: 'With it on, a thread kvm-nx-lpage-recovery of each guest wakes up, and on Linux 6.18 it inherits FIFO 1 and the CPU of a real-time vCPU.',
  fix: 'options kvm nx_huge_pages=never (or off) in /etc/modprobe.d where the CPU is not affected by iTLB multihit or the guests are trusted.',
  ask({ evidence }: Subject): Answer {
    const value = evidence.host?.nxHugePages
    if (value === undefined) return { faults: [], open: 'the parameter nx_huge_pages of kvm is not known' }
    const off = ['n', '0', 'off', 'never'].includes(value.toLowerCase())
    return faults(!off && `kvm.nx_huge_pages is '${value}'`)
  },
}

/** W12: the group scheduler's real-time share. */
export const rtRuntime: Rule = {
  id: 'W12',
  severity: 'warn',
  title: "the machine's cgroup allows real-time threads",
  why: 'With cpu.rt_runtime_us=0 the kernel refuses SCHED_FIFO to the vCPU threads (EPERM), and the domain does not start or loses it.',
  fix: "Give cpu.rt_runtime_us to machine.slice and below, or leave cpu out of cgroup_controllers in libvirt's qemu.conf, or boot with cgroup v2.",
  ask({ evidence }: Subject): Answer {
    const runtime = evidence.live?.rtRuntimeUs
    if (runtime === undefined) return { faults: [], open: "the cgroup of the domain's process is not known" }
    return faults(runtime === 0 && "cpu.rt_runtime_us of the domain's cgroup is 0")
  },
}
