import type { Json, KnobRef } from '../../core/plan/setting.ts'
import type { ProfileSource } from '../../core/profile/profile.ts'

/** What is tuned now, and with which command line overrides; the daemon and `verify` start from it. */
export interface Active {
  profile: string
  /** variables given on the command line: `isolated_cores` */
  overrides: { [name: string]: string }
  /** profile directories given on the command line */
  profileDirs?: string[]
  /** what the profile was read from, as it was applied (kept-profile.ts): on disk it may be another now, or bad */
  texts?: [string, ProfileSource | string | null][]
  /** ISO 8601 */
  since: string
  bootId: string
}

/** One thing that quietcore has changed and not yet put back. */
export interface Held {
  id: string
  section: string
  target: string
  ref: KnobRef
  lifetime: 'boot' | 'disk'
  /** of the boot in which it was written; a live value of another boot needs no undo */
  bootId: string
  /** what was there before quietcore's first change */
  before: Json
  /** what the knob's write answered; null when a crash hides whether it took place */
  wrote: Json
  /** the two values as people read them, for the log; journals of earlier versions have none */
  shown?: Shown
  /** what the call asked for, where the values alone do not say it (nova conf); of older journals not known */
  asked?: Json
}

/** null: it could not be read. */
export interface Shown {
  from: string | null
  to: string | null
}

/** The machine refused a value: for the rest of this boot the setting is unsupported, with this reason. */
export interface Refusal {
  id: string
  bootId: string
  reason: string
}

/** A settled machine: the first line of the journal. */
export interface Settled {
  active: Active | null
  held: Held[]
  refusals: Refusal[]
}

/** A change that was begun: on disk before the machine is touched. */
export interface Change extends Omit<Held, 'wrote' | 'asked'> {
  /** it gives a setting of the earlier profile back rather than taking a new one */
  release: boolean
}

export type JournalRecord =
  | ({ type: 'settled'; version: 1 } & Settled)
  | { type: 'begin'; operation: 'apply' | 'off'; profile: string; bootId: string; time: string }
  | ({ type: 'change' } & Change)
  | { type: 'done'; id: string; wrote: Json }
  | ({ type: 'refused' } & Refusal)

/** An apply or off that did not come to its end. */
export interface OpenOperation {
  operation: 'apply' | 'off'
  profile: string
  bootId: string
  time: string
  changes: { change: Change; done: boolean; wrote: Json }[]
}

export interface JournalContent {
  settled: Settled
  open: OpenOperation | undefined
}

export const UNTOUCHED: Settled = { active: null, held: [], refusals: [] }

/** Two references are the same knob when their plain data is, whatever the order of keys and the way of comparing. */
export function refKey({ compare: _, ...ref }: KnobRef): string {
  return JSON.stringify(Object.entries(ref).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** By the setting's id; of an operation under way its changes count, since they are what is undone. */
export function shownIn({ settled, open }: JournalContent): ReadonlyMap<string, Shown> {
  const all: Held[] = [
    ...settled.held,
    ...(open?.changes ?? []).map(({ change }) => ({ ...change, wrote: null })),
  ]
  return new Map(all.flatMap(({ id, shown }) => (shown ? [[id, shown] as const] : [])))
}
