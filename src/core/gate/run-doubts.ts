import { CpuSet } from '../cpu/cpu-set.ts'
import { formatDuration } from '../suite/time.ts'
import { formatLimit, formatOrigin } from '../verdict/format.ts'
import type { Threshold } from '../verdict/verdict.ts'
import type { RunEvidence } from './run-evidence.ts'

/** What the run's suite is today, without what the command line of that time changed. */
export interface SuiteAsks {
  name: string
  thresholds: readonly Threshold[]
  /** all its steps, one after the other */
  durationS: number
}

/** Steps end a little early or late; a tenth is no other measurement. */
const SHORTEST = 0.9

/**
 * Every isolated CPU is there for a guest: a pass that left one out has not proved it. A failure stays one.
 * @throws InputError for a record whose CPUs cannot be read
 */
export function cpuDoubts(run: RunEvidence, isolated: CpuSet | null): string[] {
  if (run.verdict.result !== 'pass' || isolated === null || isolated.size === 0) return []
  const text = run.context?.facts['measured-cpus']
  if (text === undefined) return ['it does not say which CPUs were measured']
  const left = isolated.minus(CpuSet.parse(text))
  return left.size === 0 ? [] : [`the isolated CPUs ${left} were not measured`]
}

/**
 * A pass against limits that were eased, or after a part of the time, is no pass of the suite. A failure stays one:
 * what broke an eased limit breaks the right one.
 */
export function suiteDoubts(run: RunEvidence, asks: SuiteAsks | null): string[] {
  if (asks === null || run.verdict.result !== 'pass') return []
  const judgedBy = run.thresholds ?? []
  const eased = asks.thresholds.filter((wanted) => !judgedBy.some((had) => covers(had, wanted)))
  const short = run.durationS !== null && run.durationS < asks.durationS * SHORTEST
  return [
    ...eased.map(
      (wanted) => `it was not judged by ${wanted.tool} ${formatLimit(wanted)} (${formatOrigin(wanted)})`,
    ),
    ...(short
      ? [
          `it lasted ${formatDuration(run.durationS ?? 0)}, and ${asks.name} lasts ${formatDuration(asks.durationS)}`,
        ]
      : []),
  ]
}

/** Whoever met `had` meets `wanted`. */
function covers(had: Threshold, wanted: Threshold): boolean {
  const same =
    (had.tool === wanted.tool || had.tool === '*') &&
    had.metric === wanted.metric &&
    had.unit === wanted.unit &&
    had.budgetUs === wanted.budgetUs &&
    (had.cpus === undefined || had.cpus === wanted.cpus)
  const asTight =
    had.limit < wanted.limit ||
    (had.limit === wanted.limit && (had.comparison === wanted.comparison || had.comparison === '<'))
  return same && asTight && (had.validFromS ?? 0) >= (wanted.validFromS ?? 0)
}
