import type { CpuSet } from '../../../core/cpu/cpu-set.ts'

/** USER_HZ, the unit of /proc/stat: 100 on every architecture that Linux has today (time(7)). */
const MS_PER_TICK = 10

/** Time that the hypervisor gave to others, ms for each CPU (proc(5): the eighth number of a `cpuN` line). */
export function stealMs(stat: string, cpus: CpuSet): Map<number, number> {
  const steal = new Map<number, number>()
  for (const line of stat.split('\n')) {
    const words = line.split(' ')
    const cpu = /^cpu(\d+)$/.exec(words[0] ?? '')?.[1]
    if (cpu !== undefined && cpus.has(Number(cpu)))
      steal.set(Number(cpu), Number(words[8] ?? 0) * MS_PER_TICK)
  }
  return steal
}
