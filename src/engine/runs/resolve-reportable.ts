import { posix } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { RunRecord } from '../../core/report/run-record.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import type { Root } from '../../host/ports.ts'
import { kindOfPath } from '../../host/read-chunks.ts'
import { openRoot } from '../../host/root.ts'
import { recordForeign } from './foreign-record.ts'
import { type Hints, joinFiles, readMeasurements } from './read-measurements.ts'
import { type KeptRun, looksLikeRun, readRun, readRunFolder } from './read-run.ts'
import { rejudge } from './rejudge.ts'

export interface ReportOptions extends Hints {
  /** instead of a kept run's own; a foreign file has no others */
  thresholds?: readonly Threshold[]
  quietcoreVersion: string
}

/** What a report can be made of. */
export interface Reportable {
  record: RunRecord
  raw: ReadonlyMap<string, string>
  /** false: something forbids to rely on it, whatever the limits */
  trusted: boolean
}

/**
 * What an operator names: one kept run (its name, `latest`, its folder or its run.json), or files that tools wrote
 * anywhere (`-`: standard input).
 * @throws InputError `no-such-run`, `no-such-file`, `several-runs`, and all that reading them throws
 */
export async function resolveReportable(
  names: readonly string[],
  root: Root,
  options: ReportOptions,
): Promise<Reportable> {
  const runs = names.flatMap((name) => keptRun(name, root) ?? [])
  const [run] = runs
  if (run && names.length === 1) return ofRun(run, options)
  if (run) {
    throw new InputError({
      code: 'several-runs',
      message: `a report is of one run or of files, not of ${names.length} things of which ${runs.length} are runs`,
      next: 'Compare runs with `quietcore history --baseline RUN`.',
    })
  }
  const measurements = []
  for (const name of names) measurements.push(...(await readMeasurements(name, options)))
  const id = names.map((name) => (name === '-' ? 'standard input' : posix.basename(name))).join(', ')
  const joined = joinFiles(measurements)
  return { ...recordForeign(id, joined, options.thresholds ?? [], options.quietcoreVersion), raw: new Map() }
}

function keptRun(name: string, root: Root): KeptRun | undefined {
  const kind = name === '-' ? undefined : kindOfPath(name)
  const here = openRoot('/')
  if (kind === 'folder') return readRunFolder(here, posix.resolve(name))
  if (kind === 'file' && posix.basename(name) === 'run.json')
    return readRunFolder(here, posix.dirname(posix.resolve(name)))
  return kind === undefined && looksLikeRun(name) ? readRun(root, name) : undefined
}

/** A kept run is trusted when nothing but its tuning and thresholds speaks against it. */
function ofRun({ record, raw }: KeptRun, { thresholds }: ReportOptions): Reportable {
  const judged = thresholds === undefined ? record : rejudge(record, thresholds)
  return { record: judged, raw, trusted: judged.verdict.doubts.every(({ code }) => code === 'no-threshold') }
}
