import type { ObservedPlan } from '../core/plan/plan.ts'
import type { Machine } from '../settings/kind.ts'
import { readJournal } from './active.ts'
import { choiceFrom } from './active-choice.ts'
import type { Active, OpenOperation } from './journal/records.ts'
import { planFor } from './plan-for.ts'
import { type LastVerdict, lastVerdicts } from './runs/last-verdicts.ts'

export interface Status {
  active: Active | null
  /** an apply or off that a crash cut short */
  interrupted: Pick<OpenOperation, 'operation' | 'profile' | 'time'> | null
  /** the active profile held against the machine; null without one */
  observed: ObservedPlan | null
  lastVerdicts: LastVerdict[]
}

/** How the machine stands: what is applied, what a crash left, and each setting's state. */
export async function statusOf(machine: Machine): Promise<Status> {
  const { settled, open } = readJournal(machine.ports)
  const { active } = settled
  return {
    active,
    interrupted: open ? { operation: open.operation, profile: open.profile, time: open.time } : null,
    observed: active ? await planFor(choiceFrom(active), machine) : null,
    lastVerdicts: lastVerdicts(machine.ports.root),
  }
}
