import type { Place } from '../core/errors.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'
import type { LastVerdict } from '../engine/runs/last-verdicts.ts'
import type { Tuned, Untuned } from '../engine/tune.ts'
import type { Drifted, Verified } from '../engine/verified.ts'

export type { Drifted, Verified }

/** What the service is doing. `serving` is the only phase in which it sleeps. */
export type Phase = 'starting' | 'recovering' | 'applying' | 'verifying' | 'serving' | 'stopping'

/** What the service could not do or refused, until it has gone. */
export interface Problem {
  code: string
  message: string
  place?: Place
  next?: string
  /** ISO 8601 */
  since: string
}

/** A suite that runs by itself. */
export interface ScheduledSuite {
  suite: string
  onCalendar: string
  randomizedDelay: string | null
  onlyWhenIdle: boolean
}

/** All that is known of the service at one moment: STATUS=, `GET /v1/status` and the metrics are made from it alone. */
export interface ServiceSnapshot {
  version: string
  pid: number
  phase: Phase
  /** the profile in force; null when none is applied */
  profile: string | null
  /** ISO 8601, when it was applied */
  since: string | null
  verified: Verified | null
  /** newest first; empty when all is well */
  problems: readonly Problem[]
  lastVerdicts: readonly LastVerdict[]
  schedule: readonly ScheduledSuite[]
  /** how often configuration was taken over since the start */
  reloads: number
}

/**
 * What can be asked of the running service (by its control socket, signals, or files that changed). Each call is queued
 * behind the work under way and answers when it is done; errors are those of the engine (InputError, MachineError).
 */
export interface Service {
  snapshot(): ServiceSnapshot
  apply(choice: ProfileChoice): Promise<Tuned>
  off(): Promise<Untuned>
  /** verify now, keep the result, and mend what drifted where the configuration says so */
  verify(): Promise<Verified | null>
  /** reads the configuration again; a bad one is refused and the old stays */
  reload(): Promise<void>
  /** starts a run of a named suite as its unit (quietcore-validate@NAME.service); answers the unit's name */
  startRun(suite: string): Promise<{ unit: string }>
  /** ends that unit; what it measured is kept */
  stopRun(suite: string): Promise<void>
  /** called after every change of the snapshot; answers how to stop that */
  onChange(listener: (snapshot: ServiceSnapshot) => void): () => void
}
