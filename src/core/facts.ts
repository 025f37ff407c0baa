import type { CpuSet } from './cpu/cpu-set.ts'

/** One online CPU's place in the machine (`/sys/devices/system/cpu/cpuN/topology`). */
export interface CpuPlace {
  cpu: number
  package: number
  core: number
  node: number
  /** hardware threads of the same core, this CPU included */
  siblings: CpuSet
}

export interface CpuFacts {
  possible: CpuSet
  present: CpuSet
  online: CpuSet
  /** as the running kernel has it: `/sys/devices/system/cpu/isolated` */
  isolated: CpuSet
  /** as the running kernel has it; undefined where the kernel lacks CONFIG_NO_HZ_FULL */
  nohzFull: CpuSet | undefined
  places: readonly CpuPlace[]
  /** `GenuineIntel`, `AuthenticAMD`, …; empty where cpuinfo does not say */
  vendor: string
  model: string
  flags: ReadonlySet<string>
}

export interface NumaNode {
  node: number
  cpus: CpuSet
  /** sizes of huge pages that this node offers, kB */
  hugepageSizesKb: readonly number[]
}

export interface KernelFacts {
  /** `uname -r` */
  release: string
  /** `/proc/version`, one line */
  version: string
  /** `uname -m` */
  machine: string
  /** true for PREEMPT_RT (`/sys/kernel/realtime`, else the version line) */
  realtime: boolean
  bootId: string
}

/** Everything about the machine that is collected once, at the left edge of the data flow. */
export interface Facts {
  cpu: CpuFacts
  nodes: readonly NumaNode[]
  kernel: KernelFacts
  /** `/proc/cmdline`, trimmed */
  cmdline: string
  /** whole `/proc/cpuinfo` */
  cpuinfo: string
  /** `none` on bare metal; else `kvm`, `vmware`, …, as systemd-detect-virt and virt-what call it */
  virtualization: string
  /** `/etc/os-release` ID and VERSION_ID; empty where unknown */
  os: { id: string; version: string }
  hostname: string
}
