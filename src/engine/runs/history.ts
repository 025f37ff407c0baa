import { type Aggregate, aggregate } from '../../core/report/aggregate-runs.ts'
import { type Comparison, compareRuns } from '../../core/report/compare-runs.ts'
import type { RunRecord } from '../../core/report/run-record.ts'
import type { Result } from '../../core/verdict/verdict.ts'
import type { Warning } from '../../core/warning.ts'
import type { Root } from '../../host/ports.ts'
import { listRuns } from './list-runs.ts'
import { listMissed, type MissedRun } from './missed-runs.ts'
import { readRecord, readRun } from './read-run.ts'
import { RUNS_FOLDER } from './run-name.ts'

/** One tool's line of a run. */
export interface HistoryMeasurement {
  step: string | null
  tool: string
  samples: number | null
  maxUs: number | null
  /** the highest percentile that its samples carry, such as 99.999 */
  percentile: string | null
  percentileUs: number | null
}

export interface HistoryEntry {
  run: string
  suite: string
  startedAt: string
  result: Result
  measurements: readonly HistoryMeasurement[]
}

export interface History {
  /** oldest first */
  entries: readonly HistoryEntry[]
  warnings: readonly Warning[]
  /** all listed runs of a tool added up */
  totals: readonly Aggregate[]
  /** each later run of the baseline's suite against it; null without a baseline */
  comparisons: readonly Comparison[] | null
  /** what was to run by itself and did not, oldest first */
  missed: readonly MissedRun[]
}

/**
 * Every kept run with its verdict, and every missed one; a run that cannot be read is left out with a note.
 * @throws InputError `no-such-run` for the baseline
 */
export function history(root: Root, options: { suite?: string; baseline?: string }): History {
  const { runs, warnings } = listRuns(root)
  const baseline = options.baseline === undefined ? undefined : readRun(root, options.baseline).record
  const suite = options.suite ?? baseline?.suite?.name
  const unread: Warning[] = []
  const entries: HistoryEntry[] = []
  const records: RunRecord[] = []
  const comparisons: Comparison[] = []
  // A second run of one second has `-2` behind its suite's name, so only the record knows the suite.
  for (const run of runs.filter((one) => suite === undefined || one.suite.startsWith(suite))) {
    const record = read(root, run.name, unread)
    if (record === undefined || (suite !== undefined && record.suite?.name !== suite)) continue
    entries.push(entryOf(run.name, run.suite, record))
    records.push(record)
    if (baseline && record.id !== baseline.id) comparisons.push(compareRuns(baseline, record))
  }
  const { missed, warnings: unreadMissed } = listMissed(root, suite)
  return {
    entries,
    warnings: [...warnings, ...unread, ...unreadMissed],
    totals: aggregate(records),
    comparisons: baseline ? comparisons : null,
    missed,
  }
}

function read(root: Root, name: string, unread: Warning[]): RunRecord | undefined {
  try {
    return readRecord(root, `${RUNS_FOLDER}/${name}`)
  } catch (error) {
    unread.push({
      code: 'unreadable-run',
      message: `${name}: ${error instanceof Error ? error.message : error}`,
    })
    return undefined
  }
}

function entryOf(run: string, suite: string, record: RunRecord): HistoryEntry {
  return {
    run,
    suite: record.suite?.name ?? suite,
    startedAt: record.startedAt ?? '',
    result: record.verdict.result,
    measurements: record.measurements.map(({ step, tool, all }) => {
      const carried = Object.entries(all?.percentilesUs ?? {}).filter(([, us]) => us !== null)
      const [percentile, percentileUs] = carried.sort((a, b) => Number(a[0]) - Number(b[0])).at(-1) ?? [
        null,
        null,
      ]
      return {
        step,
        tool,
        samples: all?.samples ?? null,
        maxUs: all?.maxUs ?? null,
        percentile,
        percentileUs,
      }
    }),
  }
}
