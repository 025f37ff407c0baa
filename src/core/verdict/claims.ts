import type { CpuMeasurement } from '../latency/measurement.ts'
import { formatDuration } from '../suite/time.ts'
import type { JudgedMeasurement } from './doubts.ts'
import { formatCount, formatUs } from './format.ts'
import { ruleOfThree } from './sample-size.ts'
import type { Check } from './verdict.ts'

/** tools that look at the clock without a pause: their samples are no wake-ups */
const POLLING = new Set(['oslat', 'rtla-osnoise'])

/**
 * What the run allows to say, at 95 %, by the rule of three. By time first: wake-ups are autocorrelated and spikes come
 * in bursts, so that counting samples as independent trials claims too much. Where no limit on the maximum holds, the
 * maximum seen takes its place (a distribution-free tolerance bound, Wilks 1941).
 */
export function claims(judged: readonly JudgedMeasurement[], checks: readonly Check[]): string[] {
  return judged.flatMap(({ step, measurement }) => {
    const name =
      step !== null && step !== measurement.tool ? `${step} (${measurement.tool})` : measurement.tool
    const level = cleanLevel(step, measurement.tool, checks) ?? highest(measurement.cpus)
    if (level === null) return []
    const { durationS } = measurement
    const said: string[] = []
    if (durationS !== null && durationS > 0) {
      const perHour = ruleOfThree(durationS / 3600)
      said.push(
        `${name}: nothing ${level} in ${formatDuration(durationS)}, so at 95 % confidence it happens less than ${formatCount(significant(perHour))} times an hour on these CPUs together (rule of three by time).`,
      )
    }
    const fewest = samplesOfAll(measurement.cpus)
    if (measurement.tool === 'hwlatdetect') {
      if (said.length > 0)
        said.push(
          'hwlatdetect watches one CPU at a time and not without a pause: each CPU was seen for less.',
        )
    } else if (fewest > 0) {
      const what = POLLING.has(measurement.tool) ? 'samples' : 'wake-ups'
      const part = `fewer than ${ruleOfThree(fewest).toExponential(1)} of the ${what}`
      const trials = `${formatCount(fewest)} ${what}`
      const caution = 'they depend on each other and spikes come in bursts'
      said.push(
        said.length > 0
          ? `${name}: by samples, ${part} (3 in ${formatCount(fewest)}); ${caution}, so use the claim by time.`
          : `${name}: nothing ${level} in ${trials}, so at 95 % confidence ${part} (rule of three by samples); ${caution}, so this claims too much.`,
      )
    }
    return said
  })
}

/** Samples of all CPUs together, of the rtla context that has the fewest; 0 when not known. */
function samplesOfAll(cpus: readonly CpuMeasurement[]): number {
  const sums = new Map<string | null, number>()
  for (const { context, samples } of cpus) sums.set(context, (sums.get(context) ?? 0) + (samples ?? 0))
  return sums.size > 0 ? Math.min(...sums.values()) : 0
}

/** `at or above 20 µs`: the strictest limit on the maximum that holds for every thread of the run. */
function cleanLevel(step: string | null, tool: string, checks: readonly Check[]): string | null {
  const own = checks.filter((check) => check.step === step && check.tool === tool)
  const limits = own.filter((check) => check.threshold.metric === 'max' && check.threshold.cpus === undefined)
  const broken = new Set(limits.filter((check) => check.code !== 'met').map((check) => check.threshold))
  const held = limits
    .map((check) => check.threshold)
    .filter((threshold) => !broken.has(threshold))
    .sort((a, b) => a.limit - b.limit || (a.comparison === '<' ? -1 : 1))[0]
  if (!held) return null
  return `${held.comparison === '<' ? 'at or above' : 'above'} ${formatUs(held.limit)}`
}

function highest(cpus: readonly CpuMeasurement[]): string | null {
  const maxima = cpus.flatMap((one) => (one.maxUs !== null && one.samples !== 0 ? [one.maxUs] : []))
  if (maxima.length === 0 || maxima.length < cpus.filter((one) => one.samples !== 0).length) return null
  return `above the ${formatUs(maxima.reduce((a, b) => Math.max(a, b)))} seen`
}

function significant(value: number): number {
  return Number(value.toPrecision(2))
}
