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
  total: number
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
  for (const row of parseCounterTable(after).values()) {
    const perCpu: Record<string, number> = {}
    let total = 0
    for (const cpu of cpus.cpus) {
      const delta = (row.perCpu.get(cpu) ?? 0) - (earlier.get(row.name)?.perCpu.get(cpu) ?? 0)
      if (delta <= 0) continue
      perCpu[cpu] = delta
      total += delta
    }
    if (total > 0) moved.push({ name: row.name, label: row.label, perCpu, total })
  }
  return moved.sort((a, b) => b.total - a.total)
}
