import type { Result, Threshold } from '../verdict/verdict.ts'

/** What the chain asks of a run: a RunRecord has it, and so has the run.json that a guest answers with. */
export interface RunEvidence {
  id: string
  suite: { name: string } | null
  startedAt: string | null
  durationS: number | null
  kernel: { release: string; cmdline: string } | null
  tuning: {
    profile: string | null
    state: string
    details?: readonly string[] | undefined
    digest?: string | undefined
  }
  /** what it was judged by */
  thresholds?: readonly Threshold[] | undefined
  verdict: { result: Result; reasons: readonly string[] }
  measurements: readonly {
    tool: string
    durationS: number | null
    cpus: readonly { cpu: number | null; meanUs: number | null; maxUs: number | null }[]
    events: readonly {
      timestamp: string
      cpu: number | null
      innerUs: number | null
      outerUs: number | null
    }[]
  }[]
  context: {
    facts: Readonly<Record<string, string>>
    changes: readonly { name: string; where?: string | undefined; note?: string | undefined }[]
  } | null
}

/** The largest latency of a run, with its time where the tool kept one. */
export interface Spike {
  tool: string
  cpu: number | null
  us: number
  /** ISO 8601 by the clock of the machine that measured; null where the tool keeps no time of day */
  at: string | null
}

/** The largest latency of all its tools; undefined when none has one. */
export function worstOf({ measurements }: RunEvidence): Spike | undefined {
  let worst: Spike | undefined
  for (const { tool, cpus, events } of measurements) {
    for (const { cpu, maxUs } of cpus) {
      if (maxUs === null || (worst && worst.us >= maxUs)) continue
      const event = events.find((one) => largest(one) === maxUs && (cpu === null || one.cpu === cpu))
      worst = { tool, cpu: cpu ?? event?.cpu ?? null, us: maxUs, at: event ? timeOf(event.timestamp) : null }
    }
  }
  return worst
}

/** The events of a run that have a time of day: hwlatdetect's (kernel: Documentation/trace/hwlat_detector.rst). */
export function timedEvents({ measurements }: RunEvidence): Spike[] {
  return measurements.flatMap(({ tool, events }) =>
    events.flatMap((event) => {
      const [us, at] = [largest(event), timeOf(event.timestamp)]
      return us === null || at === null ? [] : [{ tool, cpu: event.cpu, us, at }]
    }),
  )
}

function largest({ innerUs, outerUs }: { innerUs: number | null; outerUs: number | null }): number | null {
  return innerUs === null ? outerUs : Math.max(innerUs, outerUs ?? 0)
}

/** Seconds since the epoch with a fraction; seconds or microseconds since boot are no time of day. */
function timeOf(timestamp: string): string | null {
  const seconds = /^\d{10}\.\d{1,9}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  return Number.isNaN(seconds) ? null : new Date(seconds * 1000).toISOString()
}
