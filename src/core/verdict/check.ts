import { CpuSet } from '../cpu/cpu-set.ts'
import type { CpuMeasurement, Measurement } from '../latency/measurement.ts'
import { formatDuration } from '../suite/time.ts'
import { formatCount, formatValue } from './format.ts'
import { observe, observeEvents, observeRate, type Range } from './observe.ts'
import { samplesToCarry, samplesToClaim } from './sample-size.ts'
import type { Check, CheckCode, Result, Threshold } from './verdict.ts'

interface Outcome {
  result: Result
  code: CheckCode
  reason: string
}

/** One threshold against one measurement: a check for each thread it concerns, or one for the whole of hwlatdetect. */
export function checkThreshold(threshold: Threshold, measurement: Measurement, step: string | null): Check[] {
  const wanted = threshold.cpus === undefined ? undefined : CpuSet.parse(threshold.cpus)
  const cpus = measurement.cpus.filter((one) => !wanted || (one.cpu !== null && wanted.has(one.cpu)))
  const base = { threshold, tool: measurement.tool, step, context: null }
  if (measurement.tool === 'hwlatdetect' && !wanted) {
    return [{ ...base, cpu: null, ...wholeRun(threshold, measurement, measurement.cpus) }]
  }
  const missing = wanted?.minus(CpuSet.of(cpus.map((one) => one.cpu!)))
  const checks = cpus.map((one) => ({
    ...base,
    cpu: one.cpu,
    context: one.context,
    ...(measurement.tool === 'hwlatdetect'
      ? wholeRun(threshold, measurement, [one])
      : oneThread(threshold, measurement, one)),
  }))
  const absent = missing ? missing.cpus : cpus.length === 0 ? [null] : []
  return [...checks, ...absent.map((cpu) => ({ ...base, cpu, ...eventsAlone(threshold, measurement, cpu) }))]
}

/** The check of a threshold that no measurement answers. */
export function unansweredCheck(threshold: Threshold): Check {
  const reason = `${threshold.tool === '*' ? 'nothing' : `no ${threshold.tool}`} was measured`
  return {
    threshold,
    tool: threshold.tool,
    step: null,
    cpu: null,
    context: null,
    ...valueless('not-measured', reason),
  }
}

function oneThread(threshold: Threshold, measurement: Measurement, cpu: CpuMeasurement) {
  if (cpu.samples === 0) return valueless('zero-samples', 'not one sample was taken')
  const range = observe(cpu, threshold)
  const outcome = decide(range, threshold, (cpu.histogram?.overflows ?? 0) > 0)
  return shown(range, carried(outcome, threshold, measurement, cpu.samples))
}

function wholeRun(threshold: Threshold, measurement: Measurement, cpus: readonly CpuMeasurement[]) {
  const rate = threshold.metric === 'count-per-hour'
  const range = rate ? observeRate(measurement) : observeEvents(measurement, cpus)
  return shown(range, carried(decide(range, threshold, false), threshold, measurement, measurement.durationS))
}

/** Certain from what is known, or undecided. */
function decide(range: Range, threshold: Threshold, overflowed: boolean): Outcome {
  const { comparison, limit, unit } = threshold
  const holds = (value: number) => (comparison === '<' ? value < limit : value <= limit)
  const wanted = `${comparison} ${formatValue(limit, unit)}`
  if (holds(range.atMost)) {
    const bound = range.atMost === range.atLeast ? '' : 'at most '
    return {
      result: 'pass',
      code: 'met',
      reason: `${bound}${formatValue(range.atMost, unit)} is ${wanted}`,
    }
  }
  const atLeast = `${range.atMost === range.atLeast ? '' : 'at least '}${formatValue(range.atLeast, unit)}`
  if (!holds(range.atLeast)) return { result: 'fail', code: 'broken', reason: `${atLeast} is not ${wanted}` }
  const floor = range.atLeast > 0 ? `: ${atLeast}` : ''
  return overflowed
    ? undecided('overflow', `the histogram ends too early to tell${floor}`)
    : undecided('unknown', `it is not known${floor}`)
}

/**
 * What the run is too small for. A percentile of fewer than 1/(1-p) samples is neither met nor broken; up to
 * -ln(0.05)/(1-p) samples it can be broken but not met. A rate needs 3/limit hours to be met. `valid-from` likewise.
 */
function carried(
  outcome: Outcome,
  threshold: Threshold,
  measurement: Measurement,
  size: number | null,
): Outcome {
  if (threshold.metric.startsWith('p')) {
    const percent = threshold.metric.slice(1)
    const needed = samplesToClaim(percent)
    if (size === null) return undecided('unknown', 'the number of samples is not known')
    if (size < samplesToCarry(percent) || (size < needed && outcome.result === 'pass')) {
      return undecided(
        'too-few-samples',
        `${formatCount(size)} samples cannot carry ${threshold.metric}: ${formatCount(needed)} are needed for 95 % confidence`,
      )
    }
  }
  if (outcome.result !== 'pass') return outcome
  const rateS =
    threshold.metric === 'count-per-hour' && threshold.limit > 0 ? (3 * 3600) / threshold.limit : 0
  const neededS = Math.max(threshold.validFromS ?? 0, rateS)
  // a run's clock stops a little before the full time: the first sample comes late
  if (neededS > 0 && (measurement.durationS === null || measurement.durationS < neededS * 0.999)) {
    const lasted =
      measurement.durationS === null
        ? 'how long it ran is not known'
        : `it ran ${formatDuration(measurement.durationS)}`
    return undecided('too-short', `${lasted}, and ${formatDuration(neededS)} are needed (${outcome.reason})`)
  }
  return outcome
}

function shown(range: Range, outcome: Outcome) {
  const exact = range.atLeast === range.atMost
  const upper = !exact && Number.isFinite(range.atMost) && (outcome.code === 'met' || range.atLeast === 0)
  const unknown = !exact && !upper && range.atLeast === 0
  return {
    measured: unknown ? null : upper ? range.atMost : range.atLeast,
    measuredIsLowerBound: !exact && !upper && !unknown,
    measuredIsUpperBound: upper,
    ...outcome,
  }
}

function undecided(code: CheckCode, reason: string): Outcome {
  return { result: 'undecided', code, reason }
}

/** A CPU without a line of its own may still be named by an event, and that breaks a limit for certain. */
function eventsAlone(threshold: Threshold, measurement: Measurement, cpu: number | null) {
  const events = cpu === null ? [] : measurement.events.filter((event) => event.cpu === cpu)
  if (events.length > 0 && threshold.metric === 'max') {
    const { atLeast } = observeEvents({ ...measurement, events }, [])
    const range = { atLeast, atMost: Number.POSITIVE_INFINITY }
    return shown(range, decide(range, threshold, false))
  }
  return notMeasured(cpu)
}

function notMeasured(cpu: number | null) {
  return valueless('not-measured', cpu === null ? 'no CPU was measured' : `CPU ${cpu} was not measured`)
}

function valueless(code: CheckCode, reason: string) {
  return {
    measured: null,
    measuredIsLowerBound: false,
    measuredIsUpperBound: false,
    ...undecided(code, reason),
  }
}
