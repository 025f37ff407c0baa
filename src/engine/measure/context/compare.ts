import { CpuSet } from '../../../core/cpu/cpu-set.ts'
import { type CounterDelta, movedRows } from './counter-table.ts'
import type { Sample } from './sample.ts'
import { stealMs } from './steal.ts'
import { type MemoryEvents, memoryEvents } from './vmstat.ts'

/** By CPU number; only CPUs that counted. */
export type PerCpu = Readonly<Record<string, number>>

/** What happened on and around the measured CPUs between two samples. null: this machine does not tell. */
export interface Changes {
  interrupts: readonly CounterDelta[]
  softirqs: readonly CounterDelta[]
  smi: PerCpu | null
  stealMs: PerCpu
  throttled: PerCpu | null
  memory: MemoryEvents
  /** measured CPUs that were not online all the time */
  hotplugged: string
  onlineBefore: string
  onlineAfter: string
  clocksourceBefore: string | null
  clocksourceAfter: string | null
}

export function compareSamples(before: Sample, after: Sample, cpus: CpuSet): Changes {
  const [earlier, later] = [memoryEvents(before.vmstat), memoryEvents(after.vmstat)]
  const online = CpuSet.parse(before.online).intersect(CpuSet.parse(after.online))
  return {
    interrupts: movedRows(before.interrupts, after.interrupts, cpus),
    softirqs: movedRows(before.softirqs, after.softirqs, cpus),
    smi: grown(before.smi, after.smi),
    stealMs: grown(stealMs(before.stat, cpus), stealMs(after.stat, cpus)) ?? {},
    throttled: grown(before.throttle, after.throttle),
    memory: {
      majorFaults: later.majorFaults - earlier.majorFaults,
      swappedInPages: later.swappedInPages - earlier.swappedInPages,
      swappedOutPages: later.swappedOutPages - earlier.swappedOutPages,
    },
    hotplugged: `${cpus.minus(online)}`,
    onlineBefore: before.online,
    onlineAfter: after.online,
    clocksourceBefore: before.clocksource,
    clocksourceAfter: after.clocksource,
  }
}

/** 32-bit counters wrap (the SMI counter, thermal counters). */
const WRAP = 2 ** 32

function grown(
  before: ReadonlyMap<number, number> | null,
  after: ReadonlyMap<number, number> | null,
): Record<string, number> | null {
  if (before === null || after === null) return null
  const deltas: Record<string, number> = {}
  for (const [cpu, count] of after) {
    const delta = count - (before.get(cpu) ?? count)
    if (delta !== 0) deltas[cpu] = delta < 0 ? delta + WRAP : delta
  }
  return deltas
}
