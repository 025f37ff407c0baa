import type { ServiceConfig } from '../core/service/service-config.ts'
import { choiceFrom } from '../engine/active-choice.ts'
import type { Active } from '../engine/journal/records.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'

/** The profile to keep in force: quietcore.conf's, else what was applied last, else none. */
export function wantedChoice(config: ServiceConfig, active: Active | null): ProfileChoice | null {
  if (config.profile) return { name: config.profile.name, overrides: {} }
  return active ? choiceFrom(active) : null
}

/** What a person applied stays until the next start, or until quietcore.conf names another profile than before. */
export function choiceAtReload(
  before: ServiceConfig,
  now: ServiceConfig,
  active: Active | null,
  byHand: boolean,
): ProfileChoice | null {
  const renamed = before.profile?.name !== now.profile?.name
  if (renamed || !byHand) return wantedChoice(now, active)
  return active ? choiceFrom(active) : null
}

/** quietcore.conf names this and nothing beside; where it names none, anything is wanted that is asked for. */
export function isWanted(choice: ProfileChoice, { profile }: ServiceConfig): boolean {
  return !profile || sameChoice(choice, { name: profile.name, overrides: {} })
}

export function sameChoice(a: ProfileChoice, b: ProfileChoice): boolean {
  const overrides = ({ overrides }: ProfileChoice) =>
    Object.entries(overrides).sort(([one], [other]) => (one < other ? -1 : 1))
  const told = (choice: ProfileChoice) =>
    JSON.stringify([choice.name, overrides(choice), choice.profileDirs ?? null])
  return told(a) === told(b)
}
