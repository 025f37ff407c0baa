import { CpuSet } from '../../../core/cpu/cpu-set.ts'
import { type CounterDelta, movedRows } from './counter-table.ts'
import type { Sample } from './sample.ts'
import { stealMs } from './steal.ts'
import { type MemoryEvents, memoryEvents } from './vmstat.ts'

/** A counter of one CPU that grew. */
export interface Growth {
  cpu: number
  before: number
  after: number
  by: number
}

/** What happened on and around the measured CPUs between two samples. null: this machine does not tell. */
export interface Changes {
  interrupts: readonly CounterDelta[]
  softirqs: readonly CounterDelta[]
  smi: readonly Growth[] | null
  stealMs: readonly Growth[]
  throttled: readonly Growth[] | null
  memory: Record<keyof MemoryEvents, { before: number; after: number }>
  /** measured CPUs that were not online all the time */
  hotplugged: string
  online: { before: string; after: string }
  clocksource: { before: string | null; after: string | null }
}

export function compareSamples(before: Sample, after: Sample, cpus: CpuSet): Changes {
  const [earlier, later] = [memoryEvents(before.vmstat), memoryEvents(after.vmstat)]
  const online = CpuSet.parse(before.online).intersect(CpuSet.parse(after.online))
  const memory = (name: keyof MemoryEvents) => ({ before: earlier[name], after: later[name] })
  return {
    interrupts: movedRows(before.interrupts, after.interrupts, cpus),
    softirqs: movedRows(before.softirqs, after.softirqs, cpus),
    smi: before.smi && after.smi && grown(before.smi, after.smi),
    stealMs: grown(stealMs(before.stat, cpus), stealMs(after.stat, cpus)),
    throttled: before.throttle && after.throttle && grown(before.throttle, after.throttle),
    memory: {
      majorFaults: memory('majorFaults'),
      swappedInPages: memory('swappedInPages'),
      swappedOutPages: memory('swappedOutPages'),
    },
    hotplugged: `${cpus.minus(online)}`,
    online: { before: before.online, after: after.online },
    clocksource: { before: before.clocksource, after: after.clocksource },
  }
}

/** The SMI counter and the thermal counters are of 32 bits and wrap. */
const WRAP = 2 ** 32

function grown(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): Growth[] {
  const growths: Growth[] = []
  for (const [cpu, now] of after) {
    const then = before.get(cpu) ?? now
    if (now !== then)
      growths.push({ cpu, before: then, after: now, by: now < then ? now - then + WRAP : now - then })
  }
  return growths
}
