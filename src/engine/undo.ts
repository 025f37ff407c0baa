import type { Ports } from '../host/ports.ts'
import type { Restored } from '../knobs/knob.ts'
import { knobFor } from '../knobs/knobs.ts'
import type { Held, OpenOperation } from './journal/records.ts'

export interface Undone {
  id: string
  target: string
  /** forgotten: a live value of an earlier boot, which the kernel does not know any more */
  outcome: Restored['outcome'] | 'forgotten' | 'failed'
  /** what stands there now (foreign), or why it could not be put back (failed) */
  detail?: string
}

/** Puts held values back, the last one first. A failure does not stop the rest; it is in the answer. */
export async function putBack(held: readonly Held[], bootId: string, ports: Ports): Promise<Undone[]> {
  const undone: Undone[] = []
  for (const one of held.toReversed()) undone.push(await putOneBack(one, bootId, ports))
  return undone
}

async function putOneBack(held: Held, bootId: string, ports: Ports): Promise<Undone> {
  const { id, target } = held
  if (held.lifetime === 'boot' && held.bootId !== bootId) return { id, target, outcome: 'forgotten' }
  try {
    const { outcome, found } = await knobFor(held.ref).restore(held.ref, held.before, held.wrote, ports)
    return { id, target, outcome, ...(found === undefined ? {} : { detail: found }) }
  } catch (error) {
    return { id, target, outcome: 'failed', detail: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Undoes an apply that did not come to its end. A change without its `done` may or may not have reached the machine,
 * so the earlier value is put back whatever is there: nobody else wrote it between the two records.
 */
export function rollBack(open: OpenOperation, bootId: string, ports: Ports): Promise<Undone[]> {
  const held = open.changes.map(
    ({ change, done, wrote }): Held => ({ ...change, wrote: done ? wrote : null }),
  )
  return putBack(held, bootId, ports)
}
