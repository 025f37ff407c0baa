import type { Histogram } from '../latency/histogram.ts'
import { mergeHistograms } from '../latency/merge.ts'
import { percentile } from '../latency/percentile.ts'
import { samplesToClaim } from '../verdict/sample-size.ts'
import { totals } from './cells.ts'
import { COMPARED } from './compare-runs.ts'
import { histogramOf } from './measurement-record.ts'
import type { CpuRecord, RunRecord } from './run-record.ts'

/** Many runs of one tool and context as one distribution. */
export interface Aggregate {
  tool: string
  context: string | null
  runs: number
  samples: number
  maxUs: number | null
  percentilesUs: Record<string, number | null>
}

/**
 * Adds up the histograms of all runs for each tool and context. Runs whose buckets do not fit together are left out of
 * the percentiles and counted in `runs` only.
 */
export function aggregate(runs: readonly RunRecord[]): Aggregate[] {
  const groups = new Map<string, { tool: string; context: string | null; records: CpuRecord[] }>()
  for (const measurement of runs.flatMap((run) => run.measurements)) {
    for (const all of totals(measurement)) {
      const key = JSON.stringify([measurement.tool, all.context])
      const group = groups.get(key) ?? { tool: measurement.tool, context: all.context, records: [] }
      group.records.push(all)
      groups.set(key, group)
    }
  }
  return [...groups.values()].map(({ tool, context, records }) => {
    const merged = mergeAlike(records)
    const maxima = records.flatMap((record) => record.maxUs ?? [])
    return {
      tool,
      context,
      runs: records.length,
      samples: records.reduce((sum, record) => sum + (record.samples ?? 0), 0),
      maxUs: maxima.length > 0 ? maxima.reduce((a, b) => Math.max(a, b)) : null,
      percentilesUs: Object.fromEntries(
        COMPARED.map((percent) => {
          const value =
            merged && merged.samples >= samplesToClaim(percent) ? percentile(merged, percent) : null
          return [percent, value && !value.lowerBound ? value.us : null]
        }),
      ),
    }
  })
}

/** The histograms that have the first one's buckets, added up. */
function mergeAlike(records: readonly CpuRecord[]): Histogram | null {
  const first = records.find((record) => record.histogram !== null)?.histogram
  if (!first) return null
  const alike = records.flatMap(({ histogram }) =>
    histogram && histogram.bucketNs === first.bucketNs && histogram.originNs === first.originNs
      ? [histogramOf(histogram)]
      : [],
  )
  return mergeHistograms(alike)
}
