import type { RunRecord } from '../../core/report/run-record.ts'
import { estimateTail, MIN_BLOCKS, type TailEstimate } from '../../core/verdict/tail.ts'
import type { Root } from '../../host/ports.ts'
import { listRuns } from './list-runs.ts'
import { readRecord } from './read-run.ts'
import { RUNS_FOLDER } from './run-name.ts'

/** More blocks add little to a fit of three moments, and each is a file to read. */
const MOST_BLOCKS = 200

/**
 * The tail by the maxima of this run and the kept runs of its suite before it, of the first tool that both measured;
 * null below 20 runs. For information: no verdict reads it.
 */
export function tailOf(record: RunRecord, root: Root): TailEstimate | null {
  const suite = record.suite?.name
  if (suite === undefined) return null
  const earlier = listRuns(root)
    .runs.filter((run) => run.suite.startsWith(suite) && run.name !== record.id)
    .slice(-MOST_BLOCKS)
  if (earlier.length + 1 < MIN_BLOCKS) return null
  const maxima = [
    ...earlier.flatMap(({ name }) => maximum(readable(root, name), record)),
    ...maximum(record, record),
  ]
  return maxima.length < MIN_BLOCKS ? null : estimateTail(maxima)
}

function maximum(run: RunRecord | undefined, like: RunRecord): number[] {
  if (run === undefined || run.suite?.name !== like.suite?.name) return []
  const tool = like.measurements[0]?.tool
  const maxUs = run.measurements.find((one) => one.tool === tool)?.all?.maxUs ?? null
  return maxUs === null ? [] : [maxUs]
}

/** A damaged run is told by `history`; it must not lose the run that has just been measured. */
function readable(root: Root, name: string): RunRecord | undefined {
  try {
    return readRecord(root, `${RUNS_FOLDER}/${name}`)
  } catch {
    return undefined
  }
}
