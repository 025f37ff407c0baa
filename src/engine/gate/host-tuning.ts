import { failedLink } from '../../core/gate/failed-link.ts'
import type { Link } from '../../core/gate/link.ts'

import { tuningLink } from '../../core/gate/tuning-link.ts'
import type { Machine } from '../../settings/kind.ts'
import { readJournal } from '../active.ts'
import { choiceFrom } from '../active-choice.ts'
import { planFor } from '../plan-for.ts'
import { type ProfileChoice, resolveProfile } from '../resolve-profile.ts'
import { tuningDigest } from '../tuning-digest.ts'

export interface HostTuning {
  link: Link
  /** the profile that the host is held against; undefined when none is applied or named */
  choice: ProfileChoice | undefined
  /** when the applied profile was applied */
  since: string | null
  /** of what the profile asks for; null: not known */
  digest: string | null
}

/**
 * The first link: the machine held against the profile that is named, else the one that is applied.
 * @throws InputError for a profile that is named and cannot be read
 */
export async function hostTuning(machine: Machine, named?: ProfileChoice): Promise<HostTuning> {
  const { settled, open } = readJournal(machine.ports)
  const choice = named ?? (settled.active ? choiceFrom(settled.active) : undefined)
  const since = settled.active?.since ?? null
  if (open) {
    const what = `an ${open.operation} of ${open.profile} at ${open.time} did not end`
    return { link: undecided(what, 'quietcore recover settles it'), choice, since, digest: null }
  }
  if (!choice) {
    const next = 'quietcore recommend names a profile, quietcore apply PROFILE applies it'
    return {
      link: undecided('no profile is applied to this machine, and none was named', next),
      choice,
      since,
      digest: null,
    }
  }
  try {
    const { profile, settings, warnings } = await planFor(choice, machine)
    const digest = tuningDigest(resolveProfile(choice, machine).units)
    const verified = settings.map(({ setting, have, state, reason }) => ({
      target: setting.target,
      want: setting.want,
      have,
      state,
      ...(reason === undefined ? {} : { reason }),
    }))
    return { link: tuningLink(null, profile, verified, warnings), choice, since, digest }
  } catch (error) {
    if (named) throw error
    return { link: failedLink('tuning', null, error), choice, since, digest: null }
  }
}

function undecided(evidence: string, next: string): Link {
  return { kind: 'tuning', subject: null, state: 'undecided', evidence: [evidence], next: [next] }
}
