import type { CpuSet } from '../../../core/cpu/cpu-set.ts'

/** One row of /proc/interrupts or /proc/softirqs. */
export interface CounterRow {
  /** `LOC`, `36`, `TIMER` */
  name: string
  /** what the kernel says of it: `virtio1-req.0`; empty for softirqs */
  label: string
  perCpu: ReadonlyMap<number, number>
}

/** A row that counted on the measured CPUs during the run. */
export interface CounterDelta {
  name: string
  label: string
  /** only CPUs where it moved, ascending */
  perCpu: Readonly<Record<string, number>>
  /** over all measured CPUs */
  before: number
  after: number
}

/**
 * /proc/interrupts and /proc/softirqs (proc(5)): a header with the online CPUs, then `NAME: count…  label`. Rows
 * without one count for each CPU (`ERR`, `MIS`) count for the machine and are left out.
 */
export function parseCounterTable(text: string): Map<string, CounterRow> {
  const [header = '', ...lines] = text.split('\n')
  const cpus = header
    .trim()
    .split(/\s+/)
    .map((word) => Number(word.replace('CPU', '')))
  const rows = new Map<string, CounterRow>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const words = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
    if (words.length < cpus.length || !cpus.every((_, i) => /^\d+$/.test(words[i]!))) continue
    const name = line.slice(0, colon).trim()
    const perCpu = new Map(cpus.map((cpu, i) => [cpu, Number(words[i])]))
    rows.set(name, { name, label: words.slice(cpus.length).join(' '), perCpu })
  }
  return rows
}

/** The rows that counted on `cpus` between two samples, most first. A row that came in between counts from 0. */
export function movedRows(before: string, after: string, cpus: CpuSet): CounterDelta[] {
  const earlier = parseCounterTable(before)
  const moved: CounterDelta[] = []
  for (const { name, label, perCpu: counts } of parseCounterTable(after).values()) {
    const then = earlier.get(name)?.perCpu
    const delta: CounterDelta & { perCpu: Record<string, number> } = {
      name,
      label,
      perCpu: {},
      before: 0,
      after: 0,
    }
    for (const cpu of cpus.cpus) {
      const [first, last] = [then?.get(cpu) ?? 0, counts.get(cpu) ?? 0]
      delta.before += first
      delta.after += last
      if (last > first) delta.perCpu[cpu] = last - first
    }
    if (Object.keys(delta.perCpu).length > 0) moved.push(delta)
  }
  return moved.sort((a, b) => b.after - b.before - (a.after - a.before))
}
