import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import { Histogram } from '../../../src/core/latency/histogram.ts'
import type { CpuMeasurement, Measurement } from '../../../src/core/latency/measurement.ts'
import type { JudgedMeasurement } from '../../../src/core/verdict/doubts.ts'

/** A thread of cyclictest from its rows (us to count) and, for -h 60, what lies beyond. */
export function thread(
  cpu: number,
  rows: Record<number, number>,
  beyond: { overflows?: number; maxUs?: number; cycles?: number[] } = {},
): CpuMeasurement {
  const histogram = Histogram.of({
    bucketNs: 1000,
    counts: Object.entries(rows).map(([us, count]) => [Number(us), count] as const),
    overflows: beyond.overflows ?? 0,
    overflowFromNs: 60_000,
    ...(beyond.cycles && { overflowCycles: beyond.cycles }),
  })
  const values = Object.keys(rows).map(Number)
  const sum = Object.entries(rows).reduce((all, [us, count]) => all + Number(us) * count, 0)
  const none = histogram.samples === 0
  return {
    cpu,
    thread: cpu,
    context: null,
    samples: histogram.samples,
    minUs: none ? null : Math.min(...values),
    meanUs: none ? null : Math.round((1000 * sum) / Math.max(1, histogram.counted)) / 1000,
    maxUs: beyond.maxUs ?? (none ? null : Math.max(...values)),
    histogram,
  }
}

/** An hour of cyclictest at 200 us unless said otherwise. */
export function cyclictest(cpus: readonly CpuMeasurement[], more: Partial<Measurement> = {}): Measurement {
  return {
    tool: 'cyclictest',
    toolVersion: '2.40',
    format: 'cyclictest <2.7 (Total line)',
    argv: ['cyclictest', '-m', '-q', '-p95', '-D', '1h', '-h60', '-i200', '-a', '2-3', '-t', '2'],
    wantedDurationS: 3600,
    durationS: 3600,
    intervalUs: 200,
    cpus,
    events: [],
    eventCount: more.events?.reduce((sum, event) => sum + (event.count ?? 1), 0) ?? 0,
    toolThresholdUs: null,
    exitCode: 0,
    findings: [],
    ...more,
  }
}

export function hwlatdetect(more: Partial<Measurement> = {}): Measurement {
  return cyclictest([], {
    tool: 'hwlatdetect',
    format: 'hwlatdetect',
    argv: ['hwlatdetect', '--threshold', '10'],
    intervalUs: null,
    toolThresholdUs: 10,
    ...more,
  })
}

export function judged(measurement: Measurement, wanted?: string, interrupted?: string): JudgedMeasurement {
  return {
    step: null,
    measurement,
    ...(wanted !== undefined && { wantedCpus: CpuSet.parse(wanted) }),
    ...(interrupted !== undefined && { interrupted }),
  }
}
