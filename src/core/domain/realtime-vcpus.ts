import { CpuSet } from '../cpu/cpu-set.ts'
import type { Domain } from './domain.ts'

/** Which vCPUs are real-time, and where they run. */
export interface RealtimePlan {
  vcpus: CpuSet
  /** `vcpusched`: the domain says so; `pins`: it does not, these look meant; `all`: nothing says anything */
  from: 'vcpusched' | 'pins' | 'all'
  /** their physical CPUs */
  pcpus: CpuSet
  others: CpuSet
}

const REALTIME = new Set(['fifo', 'rr'])
/** What a vCPU that keeps house may well have (sched(7)). */
const ORDINARY = new Set(['batch', 'idle'])

/** `<vcpusched>` says by it that its vCPUs are not real-time. */
export function isOrdinary(scheduler: string | undefined): boolean {
  return scheduler !== undefined && ORDINARY.has(scheduler)
}

/**
 * The vCPUs with a real-time scheduler in `<vcpusched>`. Without one: those pinned to a CPU of their own that neither
 * another vCPU nor the emulator has, and that are not batch or idle by `<vcpusched>`; failing that, all.
 */
export function realtimePlan(domain: Domain): RealtimePlan {
  const scheduled = CpuSet.of(
    domain.vcpuScheds
      .filter(({ scheduler }) => REALTIME.has(scheduler))
      .flatMap(({ threads }) => threads.cpus),
  ).intersect(domain.vcpus)
  if (scheduled.size > 0) return planOf(domain, scheduled, 'vcpusched')
  const ordinary = CpuSet.of(
    domain.vcpuScheds.flatMap(({ scheduler, threads }) => (isOrdinary(scheduler) ? threads.cpus : [])),
  )
  const own = CpuSet.of(domain.vcpus.minus(ordinary).cpus.filter((vcpu) => hasOwnCpu(domain, vcpu)))
  return own.size > 0 ? planOf(domain, own, 'pins') : planOf(domain, domain.vcpus, 'all')
}

/** Where a vCPU may run: its own pin, else the domain's; null: anywhere. */
export function pinOf(domain: Domain, vcpu: number): CpuSet | null {
  return domain.vcpuPins.get(vcpu) ?? domain.cpuset
}

/** Pinned to one CPU that no other vCPU and not the emulator has. */
export function hasOwnCpu(domain: Domain, vcpu: number): boolean {
  const pin = pinOf(domain, vcpu)
  if (pin?.size !== 1) return false
  const shared = domain.vcpus.cpus.some(
    (other) => other !== vcpu && pinOf(domain, other)?.has(pin.first!) === true,
  )
  return !shared && domain.emulatorPin?.has(pin.first!) !== true
}

function planOf(domain: Domain, vcpus: CpuSet, from: RealtimePlan['from']): RealtimePlan {
  const pcpus = CpuSet.of(vcpus.cpus.flatMap((vcpu) => pinOf(domain, vcpu)?.cpus ?? []))
  return { vcpus, from, pcpus, others: domain.vcpus.minus(vcpus) }
}
