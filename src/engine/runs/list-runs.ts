import type { Warning } from '../../core/warning.ts'
import type { Root } from '../../host/ports.ts'
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
  for (const name of root.list(RUNS_FOLDER)) {
    const folder = `${RUNS_FOLDER}/${name}`
    const run = parseRunName(name)
    if (run && root.exists(`${folder}/run.json`)) runs.push(run)
    else if (run || name.startsWith(PARTIAL_PREFIX)) warnings.push(halfWritten(folder))
  }
  return { runs, warnings }
}

function halfWritten(folder: string): Warning {
  return {
    code: 'half-written-run',
    message: 'this folder holds no whole run (quietcore was killed while it wrote it) and is left out',
    place: { file: folder },
  }
}
