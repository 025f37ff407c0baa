import { thresholdsOfOptions } from '../../core/verdict/parse-threshold.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import type { Machine } from '../../settings/kind.ts'
import { readJournal } from '../active.ts'
import { choiceFrom } from '../active-choice.ts'
import { resolveProfile } from '../resolve-profile.ts'

/**
 * The `[thresholds]` of the profile in force: it carries its own acceptance criterion. None without a profile.
 * @throws InputError `bad-threshold`, with file and line
 */
export function profileThresholds(machine: Machine): Threshold[] {
  const { active } = readJournal(machine.ports).settled
  if (!active) return []
  return resolveProfile(choiceFrom(active), machine)
    .units.filter(({ type, enabled }) => type === 'thresholds' && enabled)
    .flatMap(({ options }) => thresholdsOfOptions(options, `profile ${active.profile}`))
}
