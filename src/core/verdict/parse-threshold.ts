import { CpuSet } from '../cpu/cpu-set.ts'
import { formatPlace, InputError, type Place } from '../errors.ts'
import { percentileRank } from '../latency/percentile.ts'
import type { ProfileOption } from '../profile/profile.ts'
import { parseDurationS, parseTimeUs } from '../suite/time.ts'
import type { Threshold } from './verdict.ts'

const TOOLS = ['cyclictest', 'hwlatdetect', 'oslat', 'rtla-timerlat', 'rtla-osnoise', '*']
const FORM = "Write it as 'TOOL.METRIC = <LIMIT' or '<=LIMIT', for example 'cyclictest.max = <20us'."
/** hwlatdetect keeps single events, not a distribution */
const HWLAT_METRICS = new Set(['max', 'count-per-hour'])

type Metric = Pick<Threshold, 'metric' | 'unit' | 'budgetUs'>

/**
 * `cyclictest.max = <20us`, `oslat.p99.999 = <=20us`, `cyclictest.over(15us)@2-3 = <=10`,
 * `hwlatdetect.count-per-hour = <=1`, `*.max = <50us`. The comparison is always stated: OpenShift's test fails a
 * latency equal to its limit, hwlatdetect's passes it, so a bare number would mean different things.
 * @throws InputError `bad-threshold` with the place.
 */
export function parseThreshold(key: string, value: string, origin: Place | '--threshold'): Threshold {
  const refuse = (message: string, next = FORM) =>
    new InputError({
      code: 'bad-threshold',
      message,
      ...(origin === '--threshold' ? {} : { place: origin }),
      next,
    })
  const [subject, cpus, more] = key.trim().split('@')
  const dot = subject!.indexOf('.')
  const tool = dot < 0 ? subject! : subject!.slice(0, dot)
  if (!TOOLS.includes(tool))
    throw refuse(`the threshold '${key}' names no tool of ours (${TOOLS.join(', ')})`)
  const metric = parseMetric(subject!.slice(dot < 0 ? subject!.length : dot + 1), refuse)
  if (tool === 'hwlatdetect' && !HWLAT_METRICS.has(metric.metric)) {
    throw refuse(`hwlatdetect gives no '${metric.metric}': it has max and count-per-hour`)
  }
  if (metric.metric === 'count-per-hour' && tool !== 'hwlatdetect') {
    throw refuse(`only hwlatdetect counts events per hour, '${tool}' does not`)
  }
  if (metric.metric === 'count-per-hour' && cpus !== undefined) {
    throw refuse('events per hour are counted for the whole run, not for some CPUs')
  }
  if (more !== undefined || cpus?.trim() === '') throw refuse(`the CPU list of '${key}' cannot be read`)
  const comparison = value.trim().startsWith('<=') ? '<=' : '<'
  if (!value.trim().startsWith('<')) {
    const bare = value.replace(/^[\s<>=]+/, '').trimEnd()
    throw refuse(
      `'${key} = ${value}' does not state its comparison`,
      `Write '<${bare}' (equal fails) or '<=${bare}' (equal passes).`,
    )
  }
  const limit = parseLimit(value.trim().slice(comparison.length), metric, refuse)
  if (limit === 0 && comparison === '<') throw refuse(`nothing can be below zero: '${key} = ${value}'`)
  return {
    tool,
    ...metric,
    comparison,
    limit,
    ...(cpus !== undefined && { cpus: CpuSet.parse(cpus).toString() }),
    origin: origin === '--threshold' ? origin : formatPlace(origin),
  }
}

/** `cyclictest.max=<20us` or `cyclictest.max<20us`, from the command line. @throws InputError `bad-threshold`. */
export function parseThresholdArgument(text: string): Threshold {
  const end = text.search(/[<=]/)
  if (end < 0) {
    throw new InputError({ code: 'bad-threshold', message: `'${text}' is not a threshold`, next: FORM })
  }
  const value = text.slice(end)
  return parseThreshold(text.slice(0, end), value.startsWith('=') ? value.slice(1) : value, '--threshold')
}

/**
 * A profile's `[thresholds]`. `valid-from = 12h` says how long a run must have lasted for these limits to be met.
 * @throws InputError `bad-threshold`, `bad-duration`.
 */
export function thresholdsOfOptions(
  options: ReadonlyMap<string, Pick<ProfileOption, 'value' | 'place'>>,
  criterion?: string,
): Threshold[] {
  const validFrom = options.get('valid-from')
  const validFromS = validFrom && parseDurationS(validFrom.value, validFrom.place)
  return [...options]
    .filter(([key]) => key !== 'valid-from')
    .map(([key, { value, place }]) => ({
      ...parseThreshold(key, value, place),
      ...(criterion !== undefined && { criterion }),
      ...(validFromS !== undefined && { validFromS }),
    }))
}

type Refuse = (message: string, next?: string) => InputError

function parseMetric(text: string, refuse: Refuse): Metric {
  if (text === 'max' || text === 'mean') return { metric: text, unit: 'us' }
  if (text === 'count-per-hour') return { metric: text, unit: 'per-hour' }
  if (text.startsWith('over(') && text.endsWith(')')) {
    return { metric: 'over', unit: 'samples', budgetUs: parseTimeOr(text.slice(5, -1), refuse) }
  }
  if (/^p\d/.test(text)) {
    try {
      percentileRank(1, text.slice(1))
    } catch {
      throw refuse(`'${text}' is not a percentile: wanted p followed by a number above 0 and below 100`)
    }
    if (Number(text.slice(1)) === 100) throw refuse("p100 is 'max': write that")
    return { metric: text, unit: 'us' }
  }
  throw refuse(
    `'${text}' is not a metric: wanted max, mean, p99 (any percentile), over(15us) or count-per-hour`,
  )
}

function parseLimit(text: string, metric: Metric, refuse: Refuse): number {
  if (metric.unit === 'us') return parseTimeOr(text, refuse)
  const count = metric.unit === 'samples' ? /^\d{1,15}$/ : /^\d{1,9}(?:\.\d{1,6})?$/
  if (!count.test(text.trim())) throw refuse(`'${text.trim()}' is not a number of ${metric.unit}`)
  return Number(text)
}

function parseTimeOr(text: string, refuse: Refuse): number {
  try {
    return parseTimeUs(text)
  } catch (error) {
    throw refuse(`'${text.trim()}' is not a time`, (error as InputError).next)
  }
}
