import { CpuSet } from '../core/cpu/cpu-set.ts'
import type { KnobRef } from '../core/plan/setting.ts'
import type { Knob } from './knob.ts'
import { readLive, restoreLive, writeLive } from './live-file.ts'

/** The CPUs that may serve one interrupt. */
export interface IrqAffinityRef extends KnobRef {
  knob: 'irq-affinity'
  irq: number
}

/**
 * Given a cpulist, an interrupt keeps those of its CPUs that are in it, or gets all of it when none is: an interrupt
 * that a driver put on its own NUMA node stays there. Given `{ exactly: cpulist }` it gets just that.
 */
export const irqAffinity: Knob<IrqAffinityRef> = {
  name: 'irq-affinity',
  lifetime: 'boot',
  read({ irq }, { root }) {
    const reading = readLive(affinityPath(irq), root)
    return 'have' in reading && reading.have === ''
      ? { unsupported: `irq ${irq} has no CPU affinity (${affinityPath(irq)} is empty)` }
      : reading
  },
  capture: ({ irq }, { root }) => root.readTextIfThere(affinityPath(irq)) ?? null,
  write({ irq }, value, { root }) {
    const path = affinityPath(irq)
    if (typeof value !== 'string')
      return writeLive(path, String((value as { exactly: string }).exactly), root)
    const allowed = CpuSet.parse(value)
    const kept = CpuSet.parse(root.readText(path)).intersect(allowed)
    return writeLive(path, String(kept.size > 0 ? kept : allowed), root)
  },
  restore: ({ irq }, before, wrote, ports) =>
    restoreLive({ path: affinityPath(irq), compare: 'cpulist' }, before, wrote, ports),
}

export function affinityPath(irq: number): string {
  return `/proc/irq/${irq}/smp_affinity_list`
}
