import type { Recovered } from '../engine/recover.ts'
import type { Untuned } from '../engine/tune.ts'
import type { Undone } from '../engine/undo.ts'

export interface OffAnswer {
  profile: string | null
  undone: Undone[]
  recovered: Recovered['operation'] | null
  recovery: Recovered | null
  rebootNeeded: boolean
}

/** The contract of `off --json` and `POST /v1/off` (docs/schema/off.schema.json). */
export function offAnswer({ profile, undone, recovered, rebootNeeded }: Untuned): OffAnswer {
  return {
    profile,
    undone,
    recovered: recovered?.operation ?? null,
    recovery: recovered ?? null,
    rebootNeeded,
  }
}
