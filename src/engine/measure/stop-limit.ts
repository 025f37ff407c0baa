import { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import { type StopLimit, stopAbove } from './tool.ts'

/**
 * The limit at which a run can be ended at once, because whatever follows it has failed: for each CPU the strictest
 * `max` threshold in us, over the CPUs the loosest of those. A tool knows one limit for all its CPUs, so where
 * any CPU has none, nothing ends early (null).
 */
export function stopLimit(thresholds: readonly Threshold[], tool: string, cpus: CpuSet): StopLimit | null {
  const limits = thresholds.filter(
    ({ tool: of, metric, unit }) => (of === tool || of === '*') && metric === 'max' && unit === 'us',
  )
  const perCpu = cpus.cpus.map((cpu) => strictest(limits.filter((limit) => covers(limit, cpu))))
  return (
    perCpu.reduce<StopLimit | null | undefined>(
      (loosest, limit) =>
        loosest === null || limit === null
          ? null
          : loosest === undefined || stopAbove(limit) > stopAbove(loosest)
            ? limit
            : loosest,
      undefined,
    ) ?? null
  )
}

function covers(threshold: Threshold, cpu: number): boolean {
  return threshold.cpus === undefined || CpuSet.parse(threshold.cpus).has(cpu)
}

function strictest(limits: readonly Threshold[]): StopLimit | null {
  const sorted = limits
    .map(({ comparison, limit }): StopLimit => ({ comparison, limitUs: limit }))
    .sort((a, b) => stopAbove(a) - stopAbove(b))
  return sorted[0] ?? null
}
