import type { Problem, ScheduledSuite, ServiceSnapshot } from '../daemon/service-state.ts'
import { countStates } from '../engine/outcome.ts'
import type { MissedRun } from '../engine/runs/missed-runs.ts'
import type { NextRun } from '../engine/runs/next-runs.ts'
import type { Status } from '../engine/status.ts'
import type { Verified } from '../engine/verified.ts'

/** What stands beside the tuning itself: the service, and what it measured, missed and will do. */
export interface Around {
  /** undefined: no service runs; null: it runs and does not answer */
  service: ServiceSnapshot | null | undefined
  verified: Verified | null
  nextRuns: readonly NextRun[]
  /** the newest of each suite that has not been measured since */
  missed: readonly MissedRun[]
}

/** The contract of `status --json` (docs/schema/status.schema.json). */
export function statusAnswer(
  { active, interrupted, observed, digest, lastVerdicts }: Status,
  { service, verified, nextRuns, missed }: Around,
) {
  const counts = observed ? countStates(observed.settings) : null
  return {
    profile: active?.profile ?? null,
    overrides: active?.overrides ?? {},
    since: active?.since ?? null,
    digest,
    interrupted,
    rebootPending: counts !== null && counts['pending-reboot'] > 0,
    settings: counts,
    lastVerdicts,
    service: service === undefined ? null : serviceAnswer(service),
    verified,
    problems: service?.problems ?? ([] as readonly Problem[]),
    schedule: service?.schedule ?? ([] as readonly ScheduledSuite[]),
    nextRuns,
    missed,
  }
}

function serviceAnswer(service: ServiceSnapshot | null) {
  if (service === null) return { answers: false, version: null, pid: null, phase: null }
  const { version, pid, phase } = service
  return { answers: true, version, pid, phase }
}
