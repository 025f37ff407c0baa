import { CpuSet } from '../../../core/cpu/cpu-set.ts'
import type { Finding } from '../../../core/latency/measurement.ts'
import type { ContextChange, ContextRecord } from '../../../core/report/run-record.ts'
import type { Changes, Growth } from './compare.ts'
import type { CounterDelta } from './counter-table.ts'

/** The context of a run as run.json holds it: what moved, one line each. */
export function contextRecord(
  facts: Readonly<Record<string, string>>,
  changes: Changes,
  findings: readonly Finding[],
): ContextRecord {
  const { memory, online, clocksource } = changes
  return {
    facts: { ...facts, smi: changes.smi === null ? 'not readable on this machine' : 'counted' },
    changes: [
      ...changes.interrupts.map((row) => rowChange('interrupt', row)),
      ...changes.softirqs.map((row) => rowChange('softirq', row)),
      ...(changes.smi ?? []).map((growth) => cpuChange('smi', growth, '')),
      ...changes.stealMs.map((growth) => cpuChange('steal', growth, ' ms')),
      ...(changes.throttled ?? []).map((growth) => cpuChange('throttled', growth, '')),
      ...machineChange('major-faults', memory.majorFaults),
      ...machineChange('pages-swapped-in', memory.swappedInPages),
      ...machineChange('pages-swapped-out', memory.swappedOutPages),
      ...machineChange('online-cpus', online),
      ...machineChange('clocksource', clocksource),
    ],
    disturbances: findings.map(({ code, message }) => ({ code, message })),
  }
}

function rowChange(kind: string, { name, label, perCpu, before, after }: CounterDelta): ContextChange {
  const cpus = CpuSet.of(Object.keys(perCpu).map(Number))
  const [most, count] = Object.entries(perCpu).reduce((a, b) => (b[1] > a[1] ? b : a))
  const spread = cpus.size > 1 ? `, most on CPU ${most}: +${count}` : ''
  return {
    name: `${kind} ${name}`,
    where: `CPU ${cpus}`,
    before: `${before}`,
    after: `${after}`,
    note: `+${after - before}${spread}${label === '' ? '' : `; ${label}`}`,
  }
}

function cpuChange(name: string, { cpu, before, after, by }: Growth, unit: string): ContextChange {
  return {
    name,
    where: `CPU ${cpu}`,
    before: `${before}${unit}`,
    after: `${after}${unit}`,
    note: `+${by}${unit}`,
  }
}

function machineChange(
  name: string,
  { before, after }: { before: number | string | null; after: number | string | null },
): ContextChange[] {
  if (before === after) return []
  return [{ name, before: before === null ? null : `${before}`, after: after === null ? null : `${after}` }]
}
