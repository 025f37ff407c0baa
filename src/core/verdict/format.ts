import type { Check, Threshold } from './verdict.ts'

/** `299573` to `299,573`, the same in every locale. */
export function formatCount(count: number): string {
  const [whole, fraction] = String(count).split('.')
  const grouped = whole!.replace(/\B(?=(?:\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** `17 µs`, `47.747 µs`: no more digits than a nanosecond has. */
export function formatUs(us: number): string {
  return `${formatCount(Number(us.toFixed(3)))} µs`
}

export function formatValue(value: number, unit: Threshold['unit']): string {
  if (unit === 'us') return formatUs(value)
  if (unit === 'per-hour') return `${formatCount(Number(value.toFixed(3)))} an hour`
  return `${formatCount(value)} ${value === 1 ? 'sample' : 'samples'}`
}

/** `17 µs`, `>= 60 µs`, `<= 10 µs`, `not known`. */
export function formatMeasured(
  check: Pick<Check, 'measured' | 'measuredIsLowerBound' | 'measuredIsUpperBound' | 'threshold'>,
): string {
  if (check.measured === null) return 'not known'
  const bound = check.measuredIsLowerBound ? '>= ' : check.measuredIsUpperBound ? '<= ' : ''
  return bound + formatValue(check.measured, check.threshold.unit)
}

/** `max`, `p99.999`, `samples above 15 µs`, `events per hour`. */
export function formatMetric(threshold: Threshold): string {
  if (threshold.metric === 'over') return `samples above ${formatUs(threshold.budgetUs ?? 0)}`
  return threshold.metric === 'count-per-hour' ? 'events per hour' : threshold.metric
}

/** `max < 20 µs`, `samples above 15 µs <= 10`. */
export function formatLimit(threshold: Threshold): string {
  const limit = threshold.unit === 'us' ? formatUs(threshold.limit) : formatCount(threshold.limit)
  return `${formatMetric(threshold)} ${threshold.comparison} ${limit}`
}

/** `OpenShift, acceptance.conf:12` or `--threshold`. */
export function formatOrigin(threshold: Threshold): string {
  return threshold.criterion === undefined ? threshold.origin : `${threshold.criterion}, ${threshold.origin}`
}
