import type { Warning } from '../warning.ts'
import type { ObservedSetting, Setting } from './setting.ts'

/** What a profile wants of this machine, in the order in which it is applied. */
export interface Plan {
  profile: string
  settings: readonly Setting[]
  warnings: readonly Warning[]
  cmdline: { running: string; wanted: string }
}

/** A plan with what is there now: what `plan` and `verify` print. */
export interface ObservedPlan extends Omit<Plan, 'settings'> {
  settings: readonly ObservedSetting[]
}
