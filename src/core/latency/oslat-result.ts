import type { FindingList } from './findings.ts'
import { Histogram, type Page } from './histogram.ts'
import type { CpuMeasurement } from './measurement.ts'

/** What oslat tells of one core, in the units it prints. */
export interface OslatCore {
  cpu: number | null
  thread: number
  min: number | null
  avg: number | null
  max: number | null
  durationS: number | null
  /** label of a bucket (1, 2, …) to count; null when there is no table */
  pages: ReadonlyMap<number, Page> | null
  /** label of the last bucket of the table, which also holds everything above it; null when not known */
  lastLabel: number | null
}

/**
 * A core of oslat as a measurement. The first bucket is labelled 1 in all versions. Up to v2.4 the times are rounded up
 * (minimum 1 lies in bucket 1), from v2.5 they are cut (minimum 0 lies in bucket 1): the bucket's value follows the
 * minimum. `widthNs`: -W (v2.5), 1000 by default; min and max come in ns when it is no whole number of us.
 */
export function oslatCore(
  core: OslatCore,
  widthNs: number | null,
  timesInNs: boolean,
  findings: FindingList,
): CpuMeasurement {
  const perUs = timesInNs ? 1000 : 1
  const minUs = core.min === null ? null : core.min / perUs
  const maxUs = core.max === null ? null : core.max / perUs
  const histogram = core.pages && widthNs !== null ? table(core, widthNs, minUs, maxUs) : null
  const who = core.cpu === null ? `thread ${core.thread}` : `CPU ${core.cpu}`
  if (core.pages && widthNs === null) {
    findings.note(
      'bucket-width-unknown',
      `${who}: the times have parts of a us (-W), but the width of a bucket is not in the file`,
    )
  }
  const samples = histogram?.complete ? histogram.samples : null
  if (samples === 0) findings.doubt('no-samples', `${who} has no samples`)
  const none = samples === 0
  if (histogram && !none) checkTable(histogram, minUs, maxUs, who, findings)
  return {
    cpu: core.cpu,
    thread: core.thread,
    context: null,
    samples,
    minUs: none ? null : minUs,
    meanUs: none ? null : core.avg,
    maxUs: none ? null : maxUs,
    histogram,
  }
}

function table(core: OslatCore, widthNs: number, minUs: number | null, maxUs: number | null): Histogram {
  const labels = new Histogram({ bucketNs: widthNs }, core.pages!)
  const roundedUp = minUs !== null && labels.firstBucket * widthNs === minUs * 1000
  // label L is bucket L of values L (rounded up) or L-1 (cut)
  const originNs = roundedUp ? 0 : -widthNs
  const last = core.lastLabel
  const lastNs = last === null ? null : originNs + last * widthNs
  const init = { bucketNs: widthNs, originNs, resolutionNs: Math.min(1000, widthNs), complete: last !== null }
  const overflows = last === null ? 0 : labels.count(last)
  // the last bucket holds what it is labelled and everything above: exact only when the maximum is not above it
  const overflowed = lastNs !== null && overflows > 0 && (maxUs === null || maxUs * 1000 >= lastNs + widthNs)
  if (!overflowed) return new Histogram(init, core.pages!)
  const counts = [...labels.entries()].filter(([label]) => label !== last)
  return Histogram.of({ ...init, counts, overflows, overflowFromNs: lastNs })
}

function checkTable(
  histogram: Histogram,
  minUs: number | null,
  maxUs: number | null,
  who: string,
  findings: FindingList,
): void {
  const { firstBucket, lastBucket, bucketNs } = histogram
  const stepUs = bucketNs / 1000
  if (minUs !== null && firstBucket !== -1 && Math.abs(histogram.lowerUs(firstBucket) - minUs) > stepUs) {
    findings.doubt(
      'min-outside-histogram',
      `${who}: the minimum is ${minUs} us, the first bucket ${histogram.lowerUs(firstBucket)} us`,
    )
  }
  if (maxUs === null || !histogram.complete) return
  const overflowUs = (histogram.overflowFromNs ?? 0) / 1000
  if (
    histogram.overflows > 0 ? maxUs < overflowUs : Math.abs(histogram.upperUs(lastBucket) - maxUs) > stepUs
  ) {
    findings.doubt(
      'max-outside-histogram',
      `${who}: the maximum is ${maxUs} us, the last bucket with samples ${histogram.upperUs(lastBucket)} us`,
    )
  }
}

/** Minimum, maximum and their printed difference (three digits at most) must be of one run. */
export function checkSpread(
  who: string,
  min: number | null,
  max: number | null,
  spread: number | null,
  findings: FindingList,
): void {
  if (min === null || max === null) return
  if (max < min || (spread !== null && Math.abs(max - min - spread) > 0.0015)) {
    findings.doubt('contradictory', `${who}: minimum ${min}, maximum ${max}, max-min ${spread}`)
  }
}

/** oslat ends on time by itself, to a tenth of a second; a run that did not was ended by somebody. */
export function checkDuration(
  durationS: number | null,
  wantedDurationS: number | null,
  findings: FindingList,
): void {
  if (wantedDurationS === null || durationS === null || durationS >= wantedDurationS * 0.99 - 0.1) return
  findings.doubt(
    'duration-not-reached',
    `the run took ${durationS} s of the ${wantedDurationS} s that were asked for`,
  )
}
