import * as v from 'valibot'
import { CpuSet } from '../cpu/cpu-set.ts'
import { InputError, type Place } from '../errors.ts'
import { thresholdsOfOptions } from '../verdict/parse-threshold.ts'
import { type Option, parseSections, type Section } from './sections.ts'
import { LOADS, SUITE_TOOLS, type Suite, type SuiteStep, type SuiteTool } from './suite.ts'
import { parseDurationS, parseTimeUs } from './time.ts'

const YES_NO = { yes: true, true: true, no: false, false: false } as const

const yesNo = v.pipe(
  v.picklist(['yes', 'no', 'true', 'false'], "is neither 'yes' nor 'no'"),
  v.transform((word) => YES_NO[word]),
)
const duration = v.pipe(v.string(), throwing(parseDurationS))
const timeUs = v.pipe(v.string(), throwing(parseTimeUs))
const cpus = v.pipe(v.string(), throwing(cpuChoice))
const count = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'is not a whole number'),
    v.transform(Number),
    v.minValue(min, `is below ${min}`),
    v.maxValue(max, `is above ${max}`),
  )

const MAIN = v.strictObject({
  title: v.optional(v.string()),
  cpus: v.optional(cpus, 'isolated'),
  load: v.optional(v.picklist(LOADS, `is none of ${LOADS.join(', ')}`), 'none'),
  'default-system': v.optional(yesNo, 'yes'),
  'on-calendar': v.optional(v.pipe(v.string(), v.minLength(1, 'is empty'))),
  'randomized-delay': v.optional(v.pipe(v.string(), v.minLength(1, 'is empty'))),
  'only-when-idle': v.optional(yesNo, 'yes'),
  'fail-fast': v.optional(yesNo, 'no'),
})

const STEP = v.strictObject({
  tool: v.picklist(SUITE_TOOLS, `is none of ${SUITE_TOOLS.join(', ')}`),
  duration,
  interval: v.optional(timeUs),
  priority: v.optional(count(1, 99)),
  // cyclictest refuses more than 1,000,000 buckets
  histogram: v.optional(count(1, 1_000_000)),
  distance: v.optional(timeUs),
  threshold: v.optional(timeUs),
  width: v.optional(timeUs),
  window: v.optional(timeUs),
  workload: v.optional(v.picklist(['no', 'memmove'], 'is neither no nor memmove')),
  memory: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}[KMGkmg]?$/, "is no size such as '4K'"))),
})

/** Options that a tool has; any other would be ignored in silence by the run. */
const TOOL_OPTIONS: Record<SuiteTool, readonly string[]> = {
  cyclictest: ['interval', 'priority', 'histogram', 'distance'],
  hwlatdetect: ['threshold', 'width', 'window'],
  oslat: ['priority', 'histogram', 'workload', 'memory'],
  'rtla-timerlat': ['interval', 'priority', 'histogram'],
  'rtla-osnoise': ['interval', 'priority', 'histogram', 'threshold'],
}

/**
 * Reads a suite file (docs/suites.md has the language; suites/*.conf are examples).
 * @throws InputError with file and line: `bad-suite`, and all that sections, thresholds and times throw.
 */
export function parseSuite(path: string, text: string): Suite {
  const sections = parseSections(path, text)
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.conf$/, '')
  const steps: SuiteStep[] = []
  const thresholds = []
  let main = v.parse(MAIN, {})
  for (const section of sections) {
    if (section.type === 'suite' && section.label === undefined) main = read(MAIN, section)
    else if (section.type === 'step' && section.label !== undefined) steps.push(step(section, section.label))
    else if (section.type === 'thresholds') {
      thresholds.push(...thresholdsOfOptions(new Map(section.options.map((o) => [o.key, o])), section.label))
    } else {
      throw bad(
        `[${[section.type, section.label].filter(Boolean).join(' ')}] is no section of a suite`,
        section.place,
        'A suite has [suite], [step NAME] and [thresholds] or [thresholds CRITERION].',
      )
    }
  }
  if (steps.length === 0)
    throw bad('the suite has no step', { file: path }, 'Add [step NAME] with tool and duration.')
  return {
    name,
    path,
    title: main.title ?? name,
    steps,
    cpus: main.cpus,
    thresholds,
    load: main.load,
    defaultSystem: main['default-system'],
    ...(main['on-calendar'] !== undefined && { onCalendar: main['on-calendar'] }),
    ...(main['randomized-delay'] !== undefined && { randomizedDelay: main['randomized-delay'] }),
    ...schedulePlaces(sections),
    onlyWhenIdle: main['only-when-idle'],
    failFast: main['fail-fast'],
  }
}

function schedulePlaces(sections: readonly Section[]): Pick<Suite, 'schedulePlaces'> {
  const options = sections.find(({ type }) => type === 'suite')?.options ?? []
  const placeOf = (key: string) => options.find((option) => option.key === key)?.place
  const onCalendar = placeOf('on-calendar')
  const randomizedDelay = placeOf('randomized-delay')
  if (!onCalendar && !randomizedDelay) return {}
  return {
    schedulePlaces: { ...(onCalendar && { onCalendar }), ...(randomizedDelay && { randomizedDelay }) },
  }
}

function step(section: Section, name: string): SuiteStep {
  // the name becomes part of file names in the run's folder
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw bad(
      `'${name}' is no name of a step`,
      section.place,
      'Use letters, digits, dots, dashes and underscores.',
    )
  }
  const { tool, duration: durationS, ...given } = read(STEP, section)
  const foreign = section.options.find(
    ({ key }) => key !== 'tool' && key !== 'duration' && !TOOL_OPTIONS[tool].includes(key),
  )
  if (foreign) throw bad(`${tool} has no '${foreign.key}'`, foreign.place, optionsOf(TOOL_OPTIONS[tool]))
  const window = given.window ?? 1_000_000
  const width = given.width ?? 0
  if (width >= window && width > 0) {
    throw bad('the width is not below the window', section.place, 'The CPU would never be left alone.')
  }
  return {
    name,
    tool,
    durationS,
    ...(given.interval !== undefined && { intervalUs: given.interval }),
    ...(given.priority !== undefined && { priority: given.priority }),
    ...(given.histogram !== undefined && { histogramBuckets: given.histogram }),
    ...(given.distance !== undefined && { distanceUs: given.distance }),
    ...(given.threshold !== undefined && { thresholdUs: given.threshold }),
    ...(given.width !== undefined && { widthUs: given.width }),
    ...(given.window !== undefined && { windowUs: given.window }),
    ...(given.workload !== undefined && { workload: given.workload }),
    ...(given.memory !== undefined && { memory: given.memory }),
    place: section.place,
  }
}

/** Checks a section's options against a schema; the first issue is told with its option's line. */
function read<S extends v.GenericSchema>(schema: S, section: Section): v.InferOutput<S> {
  const result = v.safeParse(
    schema,
    Object.fromEntries(section.options.map(({ key, value }) => [key, value])),
  )
  if (result.success) return result.output
  const issue = result.issues[0]
  const key = String(issue.path?.[0]?.key ?? '')
  const option: Option | undefined = section.options.find((one) => one.key === key)
  const known = Object.keys((schema as unknown as typeof STEP).entries)
  if (!option) throw bad(`'${key}' is missing`, section.place, optionsOf(known))
  if (!known.includes(key))
    throw bad(`'${key}' is no option of [${section.type}]`, option.place, optionsOf(known))
  throw bad(`${key} = ${option.value}: ${issue.message}`, option.place)
}

function throwing<T>(parse: (text: string) => T) {
  return v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value)
    } catch (error) {
      const { message, next } = error as InputError
      addIssue({ message: next === undefined ? message : `${message}. ${next}` })
      return NEVER
    }
  })
}

function cpuChoice(text: string): string {
  if (text === 'isolated') return text
  const set = CpuSet.parse(text)
  if (set.size === 0) throw bad("no CPU is named: wanted 'isolated' or a list such as '2-5'", undefined)
  return set.toString()
}

function optionsOf(names: readonly string[]): string {
  return `It has: ${names.join(', ')}.`
}

function bad(message: string, place: Place | undefined, next?: string): InputError {
  return new InputError({
    code: 'bad-suite',
    message,
    ...(place && { place }),
    ...(next !== undefined && { next }),
  })
}
