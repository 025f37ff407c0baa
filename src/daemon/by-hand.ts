import type { ServiceConfig } from '../core/service/service-config.ts'
import { choiceFrom } from '../engine/active-choice.ts'
import type { Active } from '../engine/journal/records.ts'
import { isWanted } from './choose-profile.ts'
import type { Problem } from './service-state.ts'

/** quietcore.conf wants another tuning than a person applied or took off; undefined when they agree. */
export function byHandProblem(config: ServiceConfig, active: Active | null, now: Date): Problem | undefined {
  const { profile } = config
  if (!profile || (active && isWanted(choiceFrom(active), config))) return undefined
  const alone = active?.profile === profile.name ? ' alone' : ''
  return {
    code: 'applied-by-hand',
    message: `${doneBy(active, profile.name)} by hand; quietcore.conf names ${profile.name}${alone}, which comes back at the next start`,
    place: profile.place,
    next: alone
      ? "Write it into the profile's variables file to keep it."
      : 'Change or remove profile = there to keep it.',
    since: now.toISOString(),
  }
}

function doneBy(active: Active | null, wanted: string): string {
  if (!active) return `${wanted} was taken off`
  const more = [
    ...Object.entries(active.overrides).map(([name, value]) => `${name}=${value}`),
    ...(active.profileDirs ?? []).map((dir) => `from ${dir}`),
  ]
  return `${active.profile}${more.length > 0 ? ` (${more.join(', ')})` : ''} was applied`
}
