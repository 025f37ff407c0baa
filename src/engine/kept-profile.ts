import type { ProfileLibrary, ProfileSource } from '../core/profile/profile.ts'
import { choiceFrom } from './active-choice.ts'
import type { Active } from './journal/records.ts'
import type { ProfileChoice } from './resolve-profile.ts'

/** What a library answered, by what it was asked for; null where there was nothing. */
export type KeptTexts = Map<string, ProfileSource | string | null>

/** A library that answers what `texts` has; what it has not is asked of `library` and kept there. */
export function keepingLibrary(library: ProfileLibrary, texts: KeptTexts): ProfileLibrary {
  const answer = <T extends ProfileSource | string>(key: string, ask: () => T | undefined): T | undefined => {
    if (!texts.has(key)) texts.set(key, ask() ?? null)
    return (texts.get(key) as T | null) ?? undefined
  }
  return {
    find: (name, skip, includedBy) =>
      answer(JSON.stringify(['profile', name, [...skip].sort(), includedBy?.foreign ?? false]), () =>
        library.find(name, skip, includedBy),
      ),
    names: () => library.names(),
    readInclude: (path) => answer(JSON.stringify(['include', path]), () => library.readInclude(path)),
  }
}

/** The texts that `choice` was applied from; undefined when something else is in force, or its texts were not kept. */
export function keptTexts(choice: ProfileChoice, active: Active | null): KeptTexts | undefined {
  if (active?.texts === undefined || nameOf(choiceFrom(active)) !== nameOf(choice)) return undefined
  return new Map(active.texts)
}

function nameOf({ name, overrides, profileDirs }: ProfileChoice): string {
  return JSON.stringify([name, Object.entries(overrides).sort(), profileDirs ?? null])
}
