import type { CpuSet } from '../cpu/cpu-set.ts'
import type { CpuFacts } from '../facts.ts'
import type { Domain } from './domain.ts'

/** One vCPU's thread as the kernel has it now. */
export interface VcpuThread {
  vcpu: number
  tid: number
  /** other, fifo, rr, … */
  policy: string
  /** 1..99 for fifo and rr, else 0 */
  priority: number
  affinity: CpuSet | undefined
}

/** One of QEMU's own threads: its main loop, a worker, an iothread. */
export interface HelperThread {
  tid: number
  /** the number of libvirt's iothread; null for all that `<emulatorpin>` is about */
  iothread: number | null
  /** undefined: it ended meanwhile */
  affinity: CpuSet | undefined
}

/** The running guest's process. */
export interface LiveGuest {
  threads: readonly VcpuThread[]
  helpers: readonly HelperThread[]
  /** pages of the process in swap, KiB; undefined where /proc does not say */
  swappedKib: number | undefined
  /** cpu.rt_runtime_us of its cgroup; null where the kernel has no such file (cgroup v2), undefined: not known */
  rtRuntimeUs: number | null | undefined
}

/** The host under the domain. Each value undefined where it is not known. */
export interface HostEvidence {
  cpu: CpuFacts
  /** /sys/kernel/mm/ksm/run */
  ksmRun: number | undefined
  /** /sys/module/kvm/parameters/nx_huge_pages */
  nxHugePages: string | undefined
}

/** All that is known beside the domain's XML; what is undefined is not known, and no rule takes it for good. */
export interface Evidence {
  host: HostEvidence | undefined
  /** whether the domain runs */
  running: boolean | undefined
  live: LiveGuest | undefined
  /** the other running domains; `complete` when they are all */
  neighbours: { domains: readonly Domain[]; complete: boolean } | undefined
  /** what libvirt says is under way: `Migration`, `Snapshot`, `block copy on vda`; undefined: not known */
  jobs: readonly string[] | undefined
}

export const NO_EVIDENCE: Evidence = {
  host: undefined,
  running: undefined,
  live: undefined,
  neighbours: undefined,
  jobs: undefined,
}

/** Why nothing is said of live threads. */
export function notSeen({ running }: Evidence): string {
  return `not confirmed on live threads: ${running === false ? 'the domain does not run' : 'they are not known'}`
}
