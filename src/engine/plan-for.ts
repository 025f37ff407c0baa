import type { ObservedPlan } from '../core/plan/plan.ts'
import type { ProfileLibrary } from '../core/profile/profile.ts'
import type { Machine } from '../settings/kind.ts'
import { readJournal } from './active.ts'
import { makePlan } from './make-plan.ts'
import { observe } from './observe.ts'
import { type ProfileChoice, resolveProfile } from './resolve-profile.ts'

/** What a profile wants of this machine and what is there now. Writes nothing. */
export async function planFor(
  choice: ProfileChoice,
  machine: Machine,
  library?: ProfileLibrary,
): Promise<ObservedPlan> {
  const plan = makePlan(resolveProfile(choice, machine, library), machine)
  const { settled } = readJournal(machine.ports)
  const refusals = settled.refusals.filter(({ bootId }) => bootId === machine.facts.kernel.bootId)
  return { ...plan, settings: await observe(plan.settings, machine.ports, refusals) }
}
