import type { KnobRef } from '../core/plan/setting.ts'
import type { Knob } from './knob.ts'

/** All ways of changing a machine. A new one is a file here and a line in this list. */
export const KNOBS: readonly Knob[] = []

const BY_NAME = new Map(KNOBS.map((knob) => [knob.name, knob]))

/** The knob that a setting or a journal record names. @throws Error for a name that this program does not know */
export function knobFor(ref: KnobRef): Knob {
  const knob = BY_NAME.get(ref.knob)
  if (!knob) throw new Error(`no knob is called '${ref.knob}'; was this written by a newer quietcore?`)
  return knob
}
