import type { Result } from '../verdict/verdict.ts'
import { totals } from './cells.ts'
import type { RunRecord } from './run-record.ts'

/** One run in a list of runs. */
export interface HistoryLine {
  id: string
  suite: string | null
  startedAt: string | null
  result: Result
  kernel: string | null
  /** one for each measurement, and for each context of rtla timerlat */
  measured: readonly {
    step: string | null
    tool: string
    context: string | null
    samples: number | null
    maxUs: number | null
    p9999Us: number | null
  }[]
}

/** One line for each run, in the order given. Linear in the runs; histograms are not looked at. */
export function summarize(runs: readonly RunRecord[]): HistoryLine[] {
  return runs.map((run) => ({
    id: run.id,
    suite: run.suite?.name ?? null,
    startedAt: run.startedAt,
    result: run.verdict.result,
    kernel: run.kernel?.release ?? null,
    measured: run.measurements.flatMap((measurement) =>
      totals(measurement).map((all) => ({
        step: measurement.step,
        tool: measurement.tool,
        context: all.context,
        samples: all.samples,
        maxUs: all.maxUs,
        p9999Us: all.percentilesUs['99.99'] ?? null,
      })),
    ),
  }))
}
