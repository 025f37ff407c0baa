import type { LatencyEvent } from './measurement.ts'

export type HwlatSample = LatencyEvent

/** Events that are kept; the counts and the maximum go on. */
const MAX_EVENTS = 100_000

/** All samples of a run, of which the first are kept. */
export class HwlatSamples {
  readonly events: LatencyEvent[] = []
  /** lines */
  recorded = 0
  /** samples: each line stands for `count` of them */
  countSum = 0
  /** at least one line says its count */
  counted = false
  maxUs: number | null = null

  add(event: HwlatSample): void {
    this.recorded++
    this.countSum += event.count ?? 1
    if (event.count !== null) this.counted = true
    this.maxUs = Math.max(this.maxUs ?? 0, event.innerUs ?? 0, event.outerUs ?? 0)
    if (this.events.length < MAX_EVENTS) this.events.push(event)
  }
}

const TS = /^ts: *(\d{1,12}\.\d{1,10})((?:,? *[a-z-]+: *-?[\d.]+)+)$/i
const ISO_TS = /^ts: *([\dT:.+Z -]{19,40}?)((?:, *[a-z-]+: *-?[\d.]+)+)$/i
const PAIR = /([a-z-]+): *(-?[\d.]+)/gi
// the layout before `ts:`: seconds.fraction, inner, outer
const TALK = /^(\d{9,10}\.\d{9,10})\s+(\d{1,9})\s+(\d{1,9})(?:\s+(\d{1,5}))?$/
// trace_output.c, trace_hwlat_print
const FTRACE =
  /#\d+ +inner\/outer\(us\): *(\d{1,9})\/(\d{1,9}) +ts: *(\d{1,12}\.\d{1,10})(?: +count: *(\d{1,12}))?(?:$| +nmi)/
const FTRACE_CPU = /\[(\d{3,4})\]/

/** One sample of hwlatdetect or the hwlat tracer, in any of its layouts; null when it is none. Times in us. */
export function hwlatSample(text: string): HwlatSample | null {
  const trace = FTRACE.exec(text)
  if (trace) {
    const cpu = FTRACE_CPU.exec(text.slice(0, trace.index))?.[1]
    return sample(trace[3]!, { inner: trace[1], outer: trace[2], count: trace[4], cpu })
  }
  const line = TS.exec(text) ?? ISO_TS.exec(text)
  if (line) {
    const values: Record<string, string> = {}
    for (const [, name, value] of line[2]!.matchAll(PAIR)) values[name!.toLowerCase()] = value!
    return values.inner === undefined || values.outer === undefined ? null : sample(line[1]!, values)
  }
  const talk = TALK.exec(text)
  return talk ? sample(talk[1]!, { inner: talk[2], outer: talk[3] }) : null
}

function sample(timestamp: string, values: Record<string, string | undefined>): HwlatSample {
  const number = (name: string) => (/^\d{1,15}$/.test(values[name] ?? '') ? Number(values[name]) : null)
  return {
    timestamp,
    cpu: number('cpu'),
    innerUs: number('inner'),
    outerUs: number('outer'),
    count: number('count'),
  }
}
