import type { ObservedPlan } from '../core/plan/plan.ts'
import type { Machine } from '../settings/kind.ts'
import { readJournal } from './active.ts'
import { choiceFrom } from './active-choice.ts'
import type { Active, OpenOperation } from './journal/records.ts'
import { planFor } from './plan-for.ts'
import { resolveProfile } from './resolve-profile.ts'
import { type LastVerdict, lastVerdicts } from './runs/last-verdicts.ts'
import { tuningDigest } from './tuning-digest.ts'

export interface Status {
  active: Active | null
  /** an apply or off that a crash cut short */
  interrupted: Pick<OpenOperation, 'operation' | 'profile' | 'time'> | null
  /** the active profile held against the machine; null without one */
  observed: ObservedPlan | null
  /** of what the active profile asks for; null without one */
  digest: string | null
  lastVerdicts: LastVerdict[]
}

/** How the machine stands: what is applied, what a crash left, and each setting's state. */
export async function statusOf(machine: Machine): Promise<Status> {
  const { settled, open } = readJournal(machine.ports)
  const { active } = settled
  const choice = active ? choiceFrom(active) : null
  return {
    active,
    interrupted: open ? { operation: open.operation, profile: open.profile, time: open.time } : null,
    observed: choice ? await planFor(choice, machine) : null,
    digest: choice ? tuningDigest(resolveProfile(choice, machine).units) : null,
    lastVerdicts: lastVerdicts(machine.ports.root),
  }
}
