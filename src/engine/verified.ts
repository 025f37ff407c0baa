import type { ObservedPlan } from '../core/plan/plan.ts'
import type { State } from '../core/plan/setting.ts'
import type { Root } from '../host/ports.ts'
import { countStates, worstState } from './outcome.ts'

/** It is there after a reboot and a crash, too. */
export const VERIFIED = '/var/lib/quietcore/verified.json'

/** One setting that a verify found not as wanted. */
export interface Drifted {
  id: string
  target: string
  want: string
  have: string | null
  state: Exclude<State, 'ok' | 'unsupported'>
}

/** The last verify of the service. */
export interface Verified {
  profile: string
  /** ISO 8601 */
  at: string
  bootId: string
  state: 'ok' | 'differs' | 'pending-reboot' | 'unknown'
  counts: Record<State, number>
  drifted: readonly Drifted[]
}

/** What a look at the machine says, in short. */
export function verifiedOf({ profile, settings }: ObservedPlan, bootId: string, now: Date): Verified {
  const counts = countStates(settings)
  const drifted = settings.flatMap(({ setting: { id, target, want }, have, state }): Drifted[] =>
    state === 'ok' || state === 'unsupported' ? [] : [{ id, target, want, have, state }],
  )
  return { profile, at: now.toISOString(), bootId, state: worstState(counts), counts, drifted }
}

/** @throws MachineError when it cannot be written */
export function keepVerified(root: Root, verified: Verified): void {
  root.writeFile(VERIFIED, `${JSON.stringify(verified)}\n`)
}

/** null when nothing was verified since the last `off`, or what was kept cannot be read. */
export function readVerified(root: Root): Verified | null {
  try {
    const kept = JSON.parse(root.readTextIfThere(VERIFIED) ?? 'null') as Verified | null
    return kept !== null && typeof kept.profile === 'string' && Array.isArray(kept.drifted) ? kept : null
  } catch {
    // It is replaced in one step, so text like this is not of quietcore; the next verify writes it anew.
    return null
  }
}

export function forgetVerified(root: Root): void {
  root.remove(VERIFIED)
}
