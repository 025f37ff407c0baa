import type { Changed } from '../engine/changed.ts'
import type { Recovered } from '../engine/recover.ts'
import type { Tuned } from '../engine/tune.ts'
import type { Undone } from '../engine/undo.ts'
import { type PlanAnswer, planAnswer } from './plan-answer.ts'

export interface ApplyAnswer extends PlanAnswer {
  changed: Changed[]
  released: Undone[]
  refused: { id: string; reason: string }[]
  /** which operation a crash had cut short, and `recovery` what was done about it */
  recovered: Recovered['operation'] | null
  recovery: Recovered | null
  rebootNeeded: boolean
}

/** The contract of `apply --json` and `POST /v1/apply` (docs/schema/apply.schema.json). */
export function applyAnswer({ plan, changed, released, refused, recovered, settings }: Tuned): ApplyAnswer {
  return {
    ...planAnswer({ ...plan, settings }),
    changed,
    released,
    refused: refused.map(({ id, reason }) => ({ id, reason })),
    recovered: recovered?.operation ?? null,
    recovery: recovered ?? null,
    rebootNeeded: settings.some(({ state }) => state === 'pending-reboot'),
  }
}
