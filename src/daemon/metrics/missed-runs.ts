import type { MissedRuns } from '../../core/report/service-metrics.ts'
import { listMissed, type MissedRun, missedNames } from '../../engine/runs/missed-runs.ts'
import type { Root } from '../../host/ports.ts'

/** Counts the missed runs of each suite; their files are read again only when there are others. */
export function openMissedRuns(root: Root): () => MissedRuns[] {
  let names = ''
  let known: MissedRuns[] = []
  return () => {
    const now = missedNames(root)
      .map(({ name }) => name)
      .join('\n')
    if (now !== names) known = counted(listMissed(root).missed)
    names = now
    return known
  }
}

function counted(oldestFirst: readonly MissedRun[]): MissedRuns[] {
  const groups = new Map<string, MissedRuns>()
  for (const { suite, outcome, at } of oldestFirst) {
    const key = `${suite}\0${outcome}`
    groups.set(key, { suite, outcome, at, count: (groups.get(key)?.count ?? 0) + 1 })
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}
