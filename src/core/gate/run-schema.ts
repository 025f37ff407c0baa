import * as v from 'valibot'
import type { RunEvidence } from './run-evidence.ts'

const text = v.pipe(v.string(), v.maxLength(100_000))
const maybeText = v.nullable(text)
const number = v.nullable(v.pipe(v.number(), v.finite()))
const time = v.pipe(
  text,
  v.check((value) => !Number.isNaN(Date.parse(value)), 'no time'),
)
const THRESHOLD = v.object({
  tool: text,
  metric: text,
  comparison: v.picklist(['<', '<=']),
  limit: v.pipe(v.number(), v.finite()),
  unit: v.picklist(['us', 'samples', 'per-hour']),
  budgetUs: v.exactOptional(v.number()),
  cpus: v.exactOptional(text),
  origin: text,
  criterion: v.exactOptional(text),
  validFromS: v.exactOptional(v.number()),
})
const SPIKES = v.object({ timestamp: text, cpu: number, innerUs: number, outerUs: number })

/** The part of run.json (docs/schema/run.schema.json) that the chain asks for; whatever else is there is left out. */
export const RUN: v.GenericSchema<unknown, RunEvidence> = v.object({
  id: text,
  suite: v.nullable(v.object({ name: text })),
  startedAt: v.nullable(time),
  durationS: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
  kernel: v.nullable(v.object({ release: text, cmdline: text })),
  tuning: v.object({
    profile: maybeText,
    state: text,
    details: v.optional(v.array(text)),
    digest: v.optional(text),
  }),
  thresholds: v.optional(v.array(THRESHOLD)),
  verdict: v.object({ result: v.picklist(['pass', 'fail', 'undecided']), reasons: v.array(text) }),
  measurements: v.array(
    v.object({
      tool: text,
      durationS: number,
      cpus: v.array(v.object({ cpu: number, meanUs: number, maxUs: number })),
      events: v.array(SPIKES),
    }),
  ),
  context: v.nullable(
    v.object({
      facts: v.record(v.string(), text),
      changes: v.array(v.object({ name: text, where: v.optional(text), note: v.optional(text) })),
    }),
  ),
})
