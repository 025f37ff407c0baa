import { removeFolder } from '../../host/folders.ts'
import type { Root } from '../../host/ports.ts'
import { RUNS_FOLDER, type RunName } from './run-name.ts'

export interface Retention {
  /** of each suite the newest runs that stay whatever their age */
  keepPerSuite: number
  /** older runs go */
  maxAgeDays: number
}

const MS_PER_DAY = 86_400_000

/** The runs that may go: too old, and not among the newest of their suite. `protectedNames` (a baseline) stay. */
export function expiredRuns(
  runs: readonly RunName[],
  retention: Retention,
  now: Date,
  protectedNames: ReadonlySet<string> = new Set(),
): RunName[] {
  const seen = new Map<string, number>()
  const newestFirst = [...runs].sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
  return newestFirst.filter((run) => {
    const rank = (seen.get(run.suite) ?? 0) + 1
    seen.set(run.suite, rank)
    const ageDays = (now.getTime() - run.startedAt.getTime()) / MS_PER_DAY
    return rank > retention.keepPerSuite && ageDays > retention.maxAgeDays && !protectedNames.has(run.name)
  })
}

export function removeRuns(root: Root, runs: readonly RunName[]): void {
  for (const { name } of runs) removeFolder(root, `${RUNS_FOLDER}/${name}`)
}
