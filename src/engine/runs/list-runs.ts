import type { Warning } from '../../core/warning.ts'
import type { Root } from '../../host/ports.ts'
import { lockHolder, VALIDATE } from '../lock.ts'
import { PARTIAL_PREFIX, parseRunName, RUNS_FOLDER, type RunName } from './run-name.ts'

export interface RunList {
  /** oldest first */
  runs: readonly RunName[]
  /** folders that hold no whole run */
  warnings: readonly Warning[]
}

export function listRuns(root: Root): RunList {
  const runs: RunName[] = []
  const warnings: Warning[] = []
  const underWay = measuringSince(root)
  for (const name of root.list(RUNS_FOLDER)) {
    const folder = `${RUNS_FOLDER}/${name}`
    const run = parseRunName(name)
    if (run && root.exists(`${folder}/run.json`)) runs.push(run)
    else if (run || (name.startsWith(PARTIAL_PREFIX) && !(startOf(name) >= underWay))) {
      warnings.push(halfWritten(folder))
    }
  }
  return { runs, warnings }
}

/** When the process that measures now took the lock, ms since 1970; NaN: none does. */
function measuringSince(root: Root): number {
  const holder = lockHolder(root)
  // A run's name has whole seconds.
  return holder?.command === VALIDATE ? Math.floor(Date.parse(holder.since) / 1000) * 1000 : Number.NaN
}

function startOf(partial: string): number {
  return parseRunName(partial.slice(PARTIAL_PREFIX.length))?.startedAt.getTime() ?? Number.NaN
}

function halfWritten(folder: string): Warning {
  return {
    code: 'half-written-run',
    message: 'this folder holds no whole run (quietcore was killed while it wrote it) and is left out',
    place: { file: folder },
  }
}
