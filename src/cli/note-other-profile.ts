import { formatPlace, QuietcoreError } from '../core/errors.ts'
import { readServiceConfig } from '../engine/read-service-config.ts'
import { openRoot } from '../host/root.ts'
import { note } from './output.ts'

/**
 * What is done by hand lasts until the service starts again: said when quietcore.conf then brings another tuning.
 * @param withOptions the profile in force has variables or folders that quietcore.conf cannot name
 */
export function noteOtherProfile(dir: string, inForce: string | null, withOptions = false): void {
  try {
    const { profile } = readServiceConfig(openRoot(dir))
    const same = profile?.name === inForce
    if (!profile || (same && !withOptions)) return
    note(
      `quietcore: ${formatPlace(profile.place)} names ${profile.name}${same ? ' alone' : ''}, which comes back with the next start of quietcore.service.`,
    )
  } catch (error) {
    // A bad quietcore.conf brings no profile; the service says what is wrong with it.
    if (!(error instanceof QuietcoreError)) throw error
  }
}
