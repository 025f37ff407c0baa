import type { FunctionEnv } from '../core/profile/functions/env.ts'
import { loadProfile } from '../core/profile/load.ts'
import type { Profile, ProfileLibrary } from '../core/profile/profile.ts'
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
export function resolveProfile(
  choice: ProfileChoice,
  machine: Machine,
  library: ProfileLibrary = openLibrary(machine.ports.root, choice.profileDirs),
): Profile {
  const env = functionEnv(machine)
  return loadProfile(choice.name.split(/\s+/).filter(Boolean), library, env, {
    overrides: new Map(
      Object.entries(choice.overrides).map(([name, value]) => [name, chosen(name, value, env)]),
    ),
    knownTypes: SECTION_TYPES,
  })
}

/** `--isolated-cores auto` holds for TuneD's profiles as well, which know nothing of `auto`. */
function chosen(name: string, value: string, env: FunctionEnv): string {
  const auto = name === 'isolated_cores' ? /^auto(?::([1-9]\d{0,3}))?$/.exec(value.trim()) : null
  if (!auto) return value
  return env.chooseIsolatedCores(auto[1] === undefined ? undefined : Number(auto[1]))
}
