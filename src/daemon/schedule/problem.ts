import { QuietcoreError } from '../../core/errors.ts'
import type { Problem } from '../service-state.ts'

/** An error as what the service shows until it has gone; `more` is what was done instead. Faults of ours are rethrown. */
export function problemOf(error: unknown, now: Date, more?: string): Problem {
  if (!(error instanceof QuietcoreError)) throw error
  const { code, message, place, next } = error
  const advice = [more, next].filter((one) => one !== undefined).join(' ')
  return {
    code,
    message,
    ...(place && { place }),
    ...(advice !== '' && { next: advice }),
    since: now.toISOString(),
  }
}
