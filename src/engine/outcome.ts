import { EXIT } from '../core/errors.ts'
import type { State } from '../core/plan/setting.ts'

/** How many settings stand how. */
export function countStates(settings: readonly { state: State }[]): Record<State, number> {
  const counts: Record<State, number> = {
    ok: 0,
    differs: 0,
    'pending-reboot': 0,
    unsupported: 0,
    unreadable: 0,
  }
  for (const { state } of settings) counts[state]++
  return counts
}

/** How the tuning stands as a whole, the gravest first. `unknown`: a setting cannot be read. */
export function worstState(counts: Record<State, number>): 'ok' | 'differs' | 'pending-reboot' | 'unknown' {
  if (counts.differs > 0) return 'differs'
  if (counts['pending-reboot'] > 0) return 'pending-reboot'
  return counts.unreadable > 0 ? 'unknown' : 'ok'
}

/** The exit code of verify and status: 1 when something differs, 4 when it cannot be known yet. */
export function exitCodeOf(settings: readonly { state: State }[]): number {
  const counts = countStates(settings)
  if (counts.differs > 0) return EXIT.no
  return counts['pending-reboot'] + counts.unreadable > 0 ? EXIT.undecided : EXIT.done
}
