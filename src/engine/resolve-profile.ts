import { loadProfile } from '../core/profile/load.ts'
import type { Profile } from '../core/profile/profile.ts'
import type { Machine } from '../settings/kind.ts'
import { SECTION_TYPES } from '../settings/kinds.ts'
import { functionEnv } from './function-env.ts'
import { openLibrary } from './profile-library.ts'

export interface ProfileChoice {
  /** one profile, or several split by blanks, merged from left to right */
  name: string
  /** instead of the usual search order */
  profileDirs?: readonly string[]
  /** variables that win over the profile's own: `isolated_cores` */
  overrides: Readonly<Record<string, string>>
}

/** Finds, merges and expands a profile for this machine. */
export function resolveProfile(choice: ProfileChoice, machine: Machine): Profile {
  const library = openLibrary(machine.ports.root, choice.profileDirs)
  return loadProfile(choice.name.split(/\s+/).filter(Boolean), library, functionEnv(machine), {
    overrides: new Map(Object.entries(choice.overrides)),
    knownTypes: SECTION_TYPES,
  })
}
