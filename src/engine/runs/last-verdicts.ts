import type { Result } from '../../core/verdict/verdict.ts'
import type { Root } from '../../host/ports.ts'
import { listRuns } from './list-runs.ts'
import { readRecord } from './read-run.ts'
import { RUNS_FOLDER } from './run-name.ts'

export interface LastVerdict {
  suite: string
  run: string
  /** ISO 8601 */
  startedAt: string
  /** null when the record cannot be read (`quietcore history` says why) */
  result: Result | null
}

/** The newest kept run of each suite. */
export function lastVerdicts(root: Root): LastVerdict[] {
  const newest = new Map(listRuns(root).runs.map((run) => [run.suite, run]))
  return [...newest.values()].map(({ name, suite, startedAt }) => ({
    suite,
    run: name,
    startedAt: startedAt.toISOString(),
    result: resultOf(root, name),
  }))
}

function resultOf(root: Root, name: string): Result | null {
  try {
    return readRecord(root, `${RUNS_FOLDER}/${name}`).verdict.result
  } catch {
    return null
  }
}
