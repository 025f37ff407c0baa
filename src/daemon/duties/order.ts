import type { ErrorAnswer } from '../../answers/answer.ts'
import type { ServiceConfig } from '../../core/service/service-config.ts'
import type { ProfileChoice } from '../../engine/resolve-profile.ts'
import type { Tuned, Untuned } from '../../engine/tune.ts'
import type { Verified } from '../../engine/verified.ts'
import type { LogLevel } from '../../host/ports.ts'
import type { ProfileRead } from '../profile-read.ts'
import type { Problem, ScheduledSuite } from '../service-state.ts'

/** A piece of work that a process of its own does, and what it answers. Plain data, as both go through pipes. */
export interface Works {
  recover: { asked: object; answer: object }
  apply: {
    asked: {
      choice: ProfileChoice
      /** as it was applied, whatever its files say now: new things are settled by it, and drift is mended */
      asApplied: boolean
      /** what somebody changed stays as it is */
      leaveDrift: boolean
      /** answer each setting; thousands on a large host, so only for who wants to read them */
      whole: boolean
    }
    answer: Applied | Refused
  }
  off: { asked: object; answer: Untuned }
  verify: { asked: { other?: ProfileChoice }; answer: Looked }
  schedule: { asked: { config: ServiceConfig | null }; answer: Scheduled }
  'start-run': { asked: { suite: string }; answer: { unit: string } }
  'stop-run': { asked: { suite: string }; answer: object }
}

export type Work = keyof Works

export interface Order<W extends Work = Work> {
  work: W
  asked: Works[W]['asked']
  /** the machine's root directory */
  root: string
  /** process of the service, which stays off the isolated CPUs */
  service: number
  logLevel: LogLevel
}

export interface Looked {
  /** null without a profile */
  verified: Verified | null
  /** what the profile was read from; null without a profile */
  read: ProfileRead | null
}

export interface Applied {
  tuned: Tuned
  read: ProfileRead
  verified: Verified | null
  /** it was applied, but could not be looked at afterwards */
  verifyError: ErrorAnswer | null
}

/** It could not be applied. */
export interface Refused {
  refused: ErrorAnswer
  read: ProfileRead
}

export interface Scheduled {
  schedule: readonly ScheduledSuite[]
  problems: readonly Problem[]
}
