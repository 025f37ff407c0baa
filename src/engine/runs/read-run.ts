import { InputError } from '../../core/errors.ts'
import { parseRunJson } from '../../core/report/run-json.ts'
import type { RunRecord } from '../../core/report/run-record.ts'
import type { Root } from '../../host/ports.ts'
import { listRuns } from './list-runs.ts'
import { parseRunName, RUNS_FOLDER } from './run-name.ts'

/** A kept run and what its tools printed, by file name. */
export interface KeptRun {
  record: RunRecord
  raw: ReadonlyMap<string, string>
}

/**
 * A run by the name of its folder under /var/lib/quietcore/runs; `latest` is the newest.
 * @throws InputError `no-such-run`, `bad-run-record`
 */
export function readRun(root: Root, name: string): KeptRun {
  const { runs } = listRuns(root)
  const found = name === 'latest' ? runs.at(-1) : runs.find((run) => run.name === name)
  if (found) return readRunFolder(root, `${RUNS_FOLDER}/${found.name}`)
  const shown = runs.slice(-3).map((run) => run.name)
  throw new InputError({
    code: 'no-such-run',
    message: `there is no run '${name}' in ${RUNS_FOLDER}`,
    next:
      shown.length > 0 ? `The last ones are ${shown.join(', ')}.` : 'Make one: `quietcore validate smoke`.',
  })
}

/** A run in any folder of `root` that holds a run.json. */
export function readRunFolder(root: Root, folder: string): KeptRun {
  const record = readRecord(root, folder)
  const names = record.measurements.flatMap(({ rawFiles }) => rawFiles)
  const raw = new Map<string, string>()
  for (const name of names) {
    // The record is data: a name that leads out of the folder is not followed.
    const text = name.includes('/') ? undefined : root.readTextIfThere(`${folder}/${name}`)
    if (text !== undefined) raw.set(name, text)
  }
  return { record, raw }
}

/** @throws InputError `bad-run-record`; MachineError when it cannot be read */
export function readRecord(root: Root, folder: string): RunRecord {
  return parseRunJson(root.readText(`${folder}/run.json`), `${folder}/run.json`)
}

/** `latest`, or a name as validate makes it: not meant as a file. */
export function looksLikeRun(name: string): boolean {
  return name === 'latest' || parseRunName(name) !== undefined
}
