import { CpuSet } from '../cpu/cpu-set.ts'
import { family, type Sample } from './exposition.ts'
import { type ExposedRun, suiteOf } from './run-families.ts'
import type { ContextChange, ContextRecord, RunRecord } from './run-record.ts'

export type ExposedContext = ExposedRun & Pick<RunRecord, 'context'>

/** MSR_SMI_COUNT is of 32 bits and wraps. */
const WRAP = 2 ** 32

/**
 * What firmware and hypervisor took from the measured CPUs during the last run of each suite. A counter that this
 * machine does not tell (SMIs of AMD, of a guest) has no samples.
 */
export function contextFamilies(runs: readonly ExposedContext[]): string[] {
  return [
    ...family(
      'quietcore_run_smi',
      'System management interrupts during the last run.',
      runs.flatMap((run) => perCpu(run, 'smi', run.context?.facts.smi === 'counted', 1)),
    ),
    ...family(
      'quietcore_run_steal_seconds',
      'Time that the hypervisor took during the last run.',
      runs.flatMap((run) => perCpu(run, 'steal', true, 1000)),
    ),
    ...family(
      'quietcore_run_disturbances',
      'Disturbances of the last run by kind.',
      runs.flatMap((run) => disturbances(run)),
    ),
  ]
}

function perCpu(run: ExposedContext, name: string, counted: boolean, unitsPerValue: number): Sample[] {
  const { context } = run
  if (context === null || !counted) return []
  const grown = new Map(
    context.changes.flatMap((change) =>
      change.name === name ? [[cpuOf(change), growth(change) / unitsPerValue] as const] : [],
    ),
  )
  return measuredCpus(context).map((cpu) => [
    { suite: suiteOf(run), cpu: `${cpu}` },
    grown.get(`${cpu}`) ?? 0,
  ])
}

function measuredCpus({ facts }: ContextRecord): readonly number[] {
  const text = facts['measured-cpus']
  return text === undefined ? [] : CpuSet.parse(text).cpus
}

/** `CPU 2` */
function cpuOf({ where }: ContextChange): string {
  return where?.replace('CPU ', '') ?? ''
}

/** `1523` to `1525`, `40 ms` to `70 ms`: the number that stands first. NaN, and so no sample, when it went back. */
function growth({ name, before, after }: ContextChange): number {
  const by = Number.parseFloat(after ?? '') - Number.parseFloat(before ?? '')
  if (by >= 0) return by
  return name === 'smi' ? by + WRAP : Number.NaN
}

function disturbances(run: ExposedContext): Sample[] {
  const counts = new Map<string, number>()
  for (const { code } of run.context?.disturbances ?? []) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].map(([code, count]) => [{ suite: suiteOf(run), code }, count])
}
