import type { Scope } from '../knobs/knob.ts'
import type { Active } from './journal/records.ts'

/** What an apply is for: the scope whose held settings it may release, and the profile that is in force after it. */
export interface Purpose {
  scope: Scope
  /** null: no profile is applied, before and after */
  active: Active | null
  bootId: string
  /** ISO 8601 */
  time: string
}
