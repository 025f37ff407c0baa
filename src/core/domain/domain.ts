import type { CpuSet } from '../cpu/cpu-set.ts'
import type { XmlElement } from './xml.ts'

/** One `<vcpusched>` or `<iothreadsched>`. */
export interface Scheduling {
  threads: CpuSet
  /** as written: fifo, rr, batch, idle */
  scheduler: string
  priority: number | null
}

export interface MemoryPlace {
  /** guest NUMA cell; null for `<memory>`, which speaks for the whole guest */
  cell: number | null
  mode: string
  /** host nodes; null for placement='auto' */
  nodeset: CpuSet | null
}

export interface GuestCell {
  id: number
  vcpus: CpuSet
}

export interface Disk {
  /** `vda` */
  target: string
  device: string
  /** what it is made of: file, block, network, vhostuser, … */
  type: string
  bus: string
  cache: string
  /** served by a thread of its own kind, not by the emulator's main loop */
  ownThread: boolean
  /** a running block job's `<mirror>` */
  job: string | null
}

export interface Device {
  /** element: graphics, video, sound, … */
  kind: string
  /** type, model or bus as written */
  what: string
  /** other devices that need it: `disk sda` */
  usedBy?: readonly string[]
}

/** What of a libvirt domain matters to real time (https://libvirt.org/formatdomain.html). */
export interface Domain {
  name: string
  uuid: string | null
  /** kvm, qemu, test, … */
  type: string
  /** made by OpenStack Nova */
  nova: boolean
  maxVcpus: number
  /** vCPUs plugged in */
  vcpus: CpuSet
  /** `<vcpu cpuset>`: where threads without a pin of their own may run */
  cpuset: CpuSet | null
  vcpuPins: ReadonlyMap<number, CpuSet>
  /** vCPUs with more than one `<vcpupin>` */
  pinnedTwice: CpuSet
  emulatorPin: CpuSet | null
  iothreads: CpuSet
  iothreadPins: ReadonlyMap<number, CpuSet>
  vcpuScheds: readonly Scheduling[]
  memoryKib: number
  currentMemoryKib: number
  hotplugMemoryKib: number
  /** guest cells of each huge page size; null: all cells that no other names. Empty: no huge pages */
  hugepages: readonly { sizeKib: number | null; cells: CpuSet | null }[]
  hugepagesWanted: boolean
  locked: boolean
  nosharepages: boolean
  memoryPlaces: readonly MemoryPlace[]
  cells: readonly GuestCell[]
  pmu: string | null
  cpuMode: string | null
  /** policy of the CPU feature tsc-deadline, where written */
  tscDeadline: string | null
  memballoon: string | null
  disks: readonly Disk[]
  /** USB, video, graphics, sound, tablet, redirdev, rng: all that keeps the emulator busy */
  busyDevices: readonly Device[]
  memoryDevices: number
  root: XmlElement
}
