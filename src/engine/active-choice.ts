import type { Active } from './journal/records.ts'
import type { ProfileChoice } from './resolve-profile.ts'

/** The choice that was applied, to plan it again. */
export function choiceFrom({ profile, overrides, profileDirs }: Active): ProfileChoice {
  return { name: profile, overrides, ...(profileDirs === undefined ? {} : { profileDirs }) }
}
