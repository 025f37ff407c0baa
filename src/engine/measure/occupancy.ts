import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { MachineError } from '../../core/errors.ts'
import type { Task } from '../../host/ports.ts'

export type OccupantKind = 'vcpu' | 'guest' | 'poll-thread' | 'real-time' | 'busy'

/** A task of the machine with what the guard must know of it. */
export interface Living {
  task: Task
  allowed: CpuSet
  commandLine: string
  /** part of one CPU that it used while it was watched, 0..1; null when it was not watched */
  busy: number | null
}

/** Someone who would suffer from a measurement, or spoil it. */
export interface Occupant {
  kind: OccupantKind
  pid: number
  tid: number
  comm: string
  /** the measured CPUs that it may run on */
  cpus: string
  /** for the operator: `vCPU thread of the guest 'du-1'` */
  what: string
}

/** qemu names its threads so (qemu-thread, `-name …,debug-threads=on`, which libvirt gives). */
const VCPU = /^CPU \d+\/(KVM|TCG)/
/** DPDK's EAL, Open vSwitch and VPP name their poll threads so. */
const POLL = /^(lcore-(worker|slave)|dpdk-worker|rte-worker|pmd-c\d|pmd\d|vpp_wk_|vpp_main)/
const POLL_PROGRAM = /\/?(dpdk-testpmd|testpmd|dpdk-l[23]fwd|vpp)(\s|$)/
const BUSY_FROM = 0.5
const NAMES_SHOWN = 8

/**
 * Who lives on the CPUs that shall be measured: a vCPU thread or a qemu process pinned there, a DPDK poll thread,
 * any user task with a real-time policy that is allowed there, and who uses half of a CPU. Kernel threads belong to
 * every CPU and are not meant.
 */
export function occupants(living: readonly Living[], cpus: CpuSet, online: CpuSet): Occupant[] {
  const found: Occupant[] = []
  for (const one of living) {
    const shared = one.allowed.intersect(cpus)
    if (one.task.kernel || shared.size === 0) continue
    const pinned = !online.isSubsetOf(one.allowed)
    const named = name(one, pinned)
    if (named === undefined) continue
    const { pid, tid, comm } = one.task
    found.push({ ...named, pid, tid, comm, cpus: `${shared}` })
  }
  return found.sort((a, b) => a.pid - b.pid || a.tid - b.tid)
}

function name(
  { task, commandLine, busy }: Living,
  pinned: boolean,
): Pick<Occupant, 'kind' | 'what'> | undefined {
  if (VCPU.test(task.comm)) return { kind: 'vcpu', what: `vCPU thread of ${guest(commandLine)}` }
  if (POLL.test(task.comm) || (pinned && POLL_PROGRAM.test(commandLine))) {
    return { kind: 'poll-thread', what: 'poll thread of a data plane' }
  }
  if (task.policy === 'fifo' || task.policy === 'rr') {
    return { kind: 'real-time', what: `SCHED_${task.policy.toUpperCase()} priority ${task.priority}` }
  }
  if (task.policy === 'deadline') return { kind: 'real-time', what: 'SCHED_DEADLINE' }
  if (pinned && /(^|\/)qemu-(system-|kvm)|\/qemu-kvm\b/.test(commandLine)) {
    return { kind: 'guest', what: `thread of ${guest(commandLine)}, pinned there` }
  }
  if (busy !== null && busy >= BUSY_FROM) {
    return { kind: 'busy', what: `uses ${Math.round(busy * 100)} % of a CPU there` }
  }
  return undefined
}

/** `-name guest=du-1,debug-threads=on` or `-name du-1`. */
function guest(commandLine: string): string {
  const found = /(?:^|\s)-name (?:guest=)?([^,\s]+)/.exec(commandLine)?.[1]
  return found === undefined ? 'a guest' : `the guest '${found}'`
}

/** Somebody would suffer from the measurement. */
export class CpusOccupied extends MachineError {
  readonly occupants: readonly Occupant[]

  constructor(occupants: readonly Occupant[], cpus: CpuSet) {
    const shown = occupants
      .slice(0, NAMES_SHOWN)
      .map(
        ({ comm, pid, tid, cpus: where, what }) =>
          `'${comm}' (pid ${pid}, thread ${tid}, CPU ${where}): ${what}`,
      )
    const more = occupants.length > NAMES_SHOWN ? `; and ${occupants.length - NAMES_SHOWN} more` : ''
    super({
      code: 'cpus-occupied',
      message: `a measurement on CPU ${cpus} would stop who lives there: ${shown.join('; ')}${more}`,
      next: 'Move or stop them, choose other CPUs with --cpus, or measure all the same with --force.',
    })
    this.occupants = occupants
  }
}

/** @throws CpusOccupied with names and process ids */
export function refuseOccupied(found: readonly Occupant[], cpus: CpuSet): void {
  if (found.length > 0) throw new CpusOccupied(found, cpus)
}
