import type { ExposedContext } from '../../core/report/context-families.ts'
import { suiteOf } from '../../core/report/run-families.ts'
import type { RunRecord } from '../../core/report/run-record.ts'
import type { LastVerdict } from '../../engine/runs/last-verdicts.ts'
import { readRecord } from '../../engine/runs/read-run.ts'
import { RUNS_FOLDER } from '../../engine/runs/run-name.ts'
import type { Root } from '../../host/ports.ts'

/**
 * Reads what the metrics need of the newest runs, each once: a kept run does not change, and its record with all
 * histograms may be of megabytes.
 */
export function openLastRuns(root: Root): (verdicts: readonly LastVerdict[]) => ExposedContext[] {
  let known = new Map<string, ExposedContext | null>()
  return (verdicts) => {
    const kept = new Map<string, ExposedContext | null>()
    for (const { run } of verdicts) kept.set(run, known.get(run) ?? read(root, run))
    known = kept
    return newestOfEach([...kept.values()].filter((one) => one !== null))
  }
}

/** null for a record that cannot be read: its suite has no samples, and `quietcore history` says why. */
function read(root: Root, run: string): ExposedContext | null {
  try {
    return exposed(readRecord(root, `${RUNS_FOLDER}/${run}`))
  } catch {
    return null
  }
}

function exposed({
  id,
  suite,
  startedAt,
  durationS,
  verdict,
  measurements,
  context,
}: RunRecord): ExposedContext {
  return {
    id,
    suite,
    startedAt,
    durationS,
    verdict: { ...verdict, reasons: [] },
    measurements: measurements.map(({ step, tool, eventCount, cpus }) => ({
      step,
      tool,
      eventCount,
      cpus: cpus.map(({ histogram, ...rest }) => rest),
    })),
    context: context && {
      ...context,
      changes: context.changes.filter(({ name }) => name === 'smi' || name === 'steal'),
    },
  }
}

/** Two runs that began in one second have different folders and the same suite, which may have one series only. */
function newestOfEach(runs: readonly ExposedContext[]): ExposedContext[] {
  const oldestFirst = runs.toSorted((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''))
  const newest = new Map(oldestFirst.map((run) => [suiteOf(run), run]))
  return [...newest.values()].sort((a, b) => suiteOf(a).localeCompare(suiteOf(b)))
}
