import { createHash } from 'node:crypto'
import type { Unit } from '../core/profile/profile.ts'

/** Enough that two profiles of one machine are never taken for one another. */
const DIGITS = 16

/**
 * A digest of what a profile asks of this machine: its sections after merging and expansion, without `[thresholds]`,
 * which judge and do not tune. Places and comments do not count, so a profile that was only moved is the same.
 */
export function tuningDigest(units: readonly Unit[]): string {
  const asked = units
    .filter(({ type, enabled }) => enabled && type !== 'thresholds')
    .map(({ place, dir, options, ...unit }) => ({
      ...unit,
      options: [...options].map(([name, { value }]) => [name, value]),
    }))
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, DIGITS)
}
