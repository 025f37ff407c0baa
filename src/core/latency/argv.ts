/** What a tool's command line says about the run; null when it does not. */
export interface RunOptions {
  durationS: number | null
  intervalUs: number | null
  loops: number | null
  /** cyclictest -h/-H: buckets; rtla -E: entries; oslat -b: buckets */
  buckets: number | null
  nanoseconds: boolean
  /** cyclictest -b, oslat -T, hwlatdetect --threshold, us */
  breakUs: number | null
  cpus: readonly number[] | null
  threads: number | null
  /** cyclictest -d, us */
  distanceUs: number | null
  /** oslat -W in ns, rtla -b in the unit of the output */
  width: number | null
}

type Key = keyof RunOptions | 'smp' | 'ignored'
type Spec = readonly [key: Key, argument: 'none' | 'needed' | 'optional']

const CYCLICTEST: Readonly<Record<string, Spec>> = {
  D: ['durationS', 'needed'],
  duration: ['durationS', 'needed'],
  i: ['intervalUs', 'needed'],
  interval: ['intervalUs', 'needed'],
  l: ['loops', 'needed'],
  loops: ['loops', 'needed'],
  h: ['buckets', 'needed'],
  histogram: ['buckets', 'needed'],
  H: ['buckets', 'needed'],
  histofall: ['buckets', 'needed'],
  N: ['nanoseconds', 'none'],
  nsecs: ['nanoseconds', 'none'],
  b: ['breakUs', 'needed'],
  breaktrace: ['breakUs', 'needed'],
  a: ['cpus', 'optional'],
  affinity: ['cpus', 'optional'],
  t: ['threads', 'optional'],
  threads: ['threads', 'optional'],
  S: ['smp', 'none'],
  smp: ['smp', 'none'],
  d: ['distanceUs', 'needed'],
  distance: ['distanceUs', 'needed'],
  // the others with an argument, of all versions: "a::A::b:c:d:D:F:h:H:i:l:MNo:p:mqrRsSt::uvx", before 1.6 e: O: T: y: too
  A: ['ignored', 'optional'],
  aligned: ['ignored', 'optional'],
  secaligned: ['ignored', 'optional'],
  c: ['ignored', 'needed'],
  clock: ['ignored', 'needed'],
  e: ['ignored', 'needed'],
  latency: ['ignored', 'needed'],
  F: ['ignored', 'needed'],
  fifo: ['ignored', 'needed'],
  o: ['ignored', 'needed'],
  oscope: ['ignored', 'needed'],
  O: ['ignored', 'needed'],
  traceopt: ['ignored', 'needed'],
  p: ['ignored', 'needed'],
  prio: ['ignored', 'needed'],
  priority: ['ignored', 'needed'],
  T: ['ignored', 'needed'],
  tracer: ['ignored', 'needed'],
  y: ['ignored', 'needed'],
  policy: ['ignored', 'needed'],
  histfile: ['ignored', 'needed'],
  json: ['ignored', 'needed'],
  output: ['ignored', 'needed'],
  mainaffinity: ['ignored', 'needed'],
  spike: ['ignored', 'needed'],
  'spike-nodes': ['ignored', 'needed'],
  'deepest-idle-state': ['ignored', 'needed'],
}
const OSLAT: Readonly<Record<string, Spec>> = {
  D: ['durationS', 'needed'],
  duration: ['durationS', 'needed'],
  runtime: ['durationS', 'needed'],
  t: ['durationS', 'needed'],
  c: ['cpus', 'needed'],
  'cpu-list': ['cpus', 'needed'],
  b: ['buckets', 'needed'],
  'bucket-size': ['buckets', 'needed'],
  W: ['width', 'needed'],
  'bucket-width': ['width', 'needed'],
  T: ['breakUs', 'needed'],
  'trace-threshold': ['breakUs', 'needed'],
  f: ['ignored', 'needed'],
  C: ['ignored', 'needed'],
  m: ['ignored', 'needed'],
  w: ['ignored', 'needed'],
}
const HWLATDETECT: Readonly<Record<string, Spec>> = {
  duration: ['durationS', 'needed'],
  threshold: ['breakUs', 'needed'],
  'cpu-list': ['cpus', 'needed'],
}
const RTLA: Readonly<Record<string, Spec>> = {
  d: ['durationS', 'needed'],
  duration: ['durationS', 'needed'],
  p: ['intervalUs', 'needed'],
  period: ['intervalUs', 'needed'],
  E: ['buckets', 'needed'],
  entries: ['buckets', 'needed'],
  b: ['width', 'needed'],
  'bucket-size': ['width', 'needed'],
  n: ['nanoseconds', 'none'],
  nano: ['nanoseconds', 'none'],
  c: ['cpus', 'needed'],
  cpus: ['cpus', 'needed'],
  T: ['breakUs', 'needed'],
  thread: ['breakUs', 'needed'],
  a: ['breakUs', 'needed'],
  auto: ['breakUs', 'needed'],
  i: ['ignored', 'needed'],
  s: ['ignored', 'needed'],
  P: ['ignored', 'needed'],
  H: ['ignored', 'needed'],
  e: ['ignored', 'needed'],
}
const TOOLS: Readonly<Record<string, Readonly<Record<string, Spec>>>> = {
  cyclictest: CYCLICTEST,
  signaltest: CYCLICTEST,
  cyclicdeadline: CYCLICTEST,
  oslat: OSLAT,
  hwlatdetect: HWLATDETECT,
  'rtla-timerlat': RTLA,
  'rtla-osnoise': RTLA,
}
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }

/** Reads a tool's argv as getopt would; options that say nothing about the measurement are passed over. */
export function readOptions(tool: string, argv: readonly string[] | null): RunOptions {
  const options: RunOptions = {
    durationS: null,
    intervalUs: null,
    loops: null,
    buckets: null,
    nanoseconds: false,
    breakUs: null,
    cpus: null,
    threads: null,
    distanceUs: null,
    width: null,
  }
  const specs = TOOLS[tool]
  if (!argv || !specs) return options
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    const long = /^--([\w-]+)(?:=(.*))?$/s.exec(word)
    if (long) {
      const spec = specs[long[1]!]
      if (!spec) continue
      const next = long[2] ?? argument(spec, argv[i + 1])
      if (long[2] === undefined && next !== undefined) i++
      set(options, spec[0], next)
    } else if (/^-[A-Za-z]/.test(word)) {
      for (let j = 1; j < word.length; j++) {
        const spec = specs[word[j]!]
        if (!spec || spec[1] === 'none') {
          if (spec) set(options, spec[0], undefined)
          continue
        }
        const rest = word.slice(j + 1)
        const next = rest !== '' ? rest : argument(spec, argv[i + 1])
        if (rest === '' && next !== undefined) i++
        set(options, spec[0], next)
        break
      }
    }
  }
  return options
}

function argument(spec: Spec, next: string | undefined): string | undefined {
  if (spec[1] === 'none' || next === undefined) return undefined
  return spec[1] === 'needed' || /^\d/.test(next) ? next : undefined
}

function set(options: RunOptions, key: Key, text: string | undefined): void {
  if (key === 'ignored' || key === 'smp') return
  if (key === 'nanoseconds') options.nanoseconds = true
  else if (key === 'cpus') options.cpus = cpuList(text)
  else if (key === 'durationS') options.durationS = amount(text, SECONDS)
  else if (key === 'width' || key === 'buckets') options[key] = amount(text, { k: 1000 })
  else options[key] = amount(text, {})
}

/** `300`, `10m`, `12h`: null when it is not such an amount. */
function amount(text: string | undefined, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d{1,15})([a-z]?)(?:ec|s)?$/.exec((text ?? '').trim().toLowerCase())
  if (!match) return null
  const unit = match[2] === '' ? 1 : units[match[2]!]
  if (unit === undefined) return match[2] === 'u' ? Number(match[1]) : null
  return Number(match[1]) * unit
}

/** A cpulist in the order given (thread N runs on the N-th); null when it is not plain numbers and ranges. */
function cpuList(text: string | undefined): readonly number[] | null {
  const cpus: number[] = []
  for (const item of (text ?? '').split(',')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(item)
    if (!match) return null
    for (let cpu = Number(match[1]); cpu <= Number(match[2] ?? match[1]); cpu++) cpus.push(cpu)
  }
  return cpus.length === 0 ? null : cpus
}
