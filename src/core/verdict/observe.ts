import type { CpuMeasurement, Measurement } from '../latency/measurement.ts'
import { percentile } from '../latency/percentile.ts'
import { histogramMaxUs, samplesAbove } from '../latency/survival.ts'
import type { Threshold } from './verdict.ts'

/** What is known of a value: it lies between the two. Equal: known exactly. */
export interface Range {
  atLeast: number
  atMost: number
}

const NOTHING_KNOWN: Range = { atLeast: 0, atMost: Number.POSITIVE_INFINITY }

/**
 * The metric of a threshold for one thread, as far as it is known. A maximum that the tool itself kept is exact even
 * when samples overflowed its histogram, and bounds every percentile from above.
 */
export function observe(cpu: CpuMeasurement, threshold: Threshold): Range {
  const max = maximum(cpu)
  if (threshold.metric === 'max') return max
  if (threshold.metric === 'mean') {
    return cpu.meanUs === null ? { atLeast: cpu.minUs ?? 0, atMost: max.atMost } : exactly(cpu.meanUs)
  }
  if (threshold.metric === 'over') return over(cpu, max, threshold.budgetUs ?? 0)
  const value = cpu.histogram && percentile(cpu.histogram, threshold.metric.slice(1))
  if (!value) return { atLeast: cpu.minUs ?? 0, atMost: max.atMost }
  return value.lowerBound ? { atLeast: value.us, atMost: Math.max(value.us, max.atMost) } : exactly(value.us)
}

/** The largest event of a hwlatdetect run; without one, the tool's own threshold bounds what it did not show. */
export function observeEvents(measurement: Measurement, cpus: readonly CpuMeasurement[]): Range {
  const seen = cpus.flatMap((cpu) => (cpu.maxUs === null ? [] : [cpu.maxUs]))
  const numbers = new Set(cpus.map((cpu) => cpu.cpu))
  for (const event of measurement.events) {
    if (cpus.length > 0 && event.cpu !== null && !numbers.has(event.cpu) && !numbers.has(null)) continue
    seen.push(event.innerUs ?? 0, event.outerUs ?? 0)
  }
  const largest = seen.reduce((a, b) => Math.max(a, b), 0)
  if (largest > 0) return exactly(largest)
  return measurement.toolThresholdUs === null
    ? NOTHING_KNOWN
    : { atLeast: 0, atMost: measurement.toolThresholdUs }
}

/**
 * Events an hour. In less than an hour, n events are at least n in the hour that holds them, however long it goes on;
 * how few they will be is not known before the hour is over.
 */
export function observeRate(measurement: Measurement): Range {
  const listed = measurement.events.reduce((sum, event) => sum + (event.count ?? 1), 0)
  if (measurement.eventCount === null) return { ...NOTHING_KNOWN, atLeast: listed }
  const events = Math.max(listed, measurement.eventCount ?? 0)
  const hours = (measurement.durationS ?? 0) / 3600
  return hours >= 1
    ? exactly(events / hours)
    : { atLeast: events, atMost: hours > 0 ? events / hours : NOTHING_KNOWN.atMost }
}

function maximum(cpu: CpuMeasurement): Range {
  if (cpu.maxUs !== null) return exactly(cpu.maxUs)
  const max = cpu.histogram && histogramMaxUs(cpu.histogram)
  if (!max) return NOTHING_KNOWN
  return max.lowerBound ? { atLeast: max.us, atMost: NOTHING_KNOWN.atMost } : exactly(max.us)
}

function over(cpu: CpuMeasurement, max: Range, budgetUs: number): Range {
  if (max.atMost <= budgetUs) return exactly(0)
  const floor = max.atLeast > budgetUs ? 1 : 0
  const all = cpu.samples ?? NOTHING_KNOWN.atMost
  if (!cpu.histogram) return { atLeast: floor, atMost: all }
  const counted = samplesAbove(cpu.histogram, budgetUs)
  return { atLeast: Math.max(floor, counted.atLeast), atMost: counted.atMost }
}

function exactly(value: number): Range {
  return { atLeast: value, atMost: value }
}
