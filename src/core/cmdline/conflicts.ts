import type { Place } from '../errors.ts'
import { sameUnit } from './meaning.ts'
import { type Repetition, ruleOf } from './parameter-table.ts'
import { parseUnits } from './units.ts'

/** A kernel parameter and where it was set. */
export interface PlacedParameter {
  /** as written: `isolcpus=1` */
  parameter: string
  place: Place
}

/** Two values for one parameter. */
export interface CmdlineConflict {
  /** canonical name: `isolcpus`; `hugepages@1073741824` for counts of one page size */
  key: string
  administrator: PlacedParameter
  ours: PlacedParameter
  /** which one the kernel will use, when both stand on the line with ours after theirs */
  repeated: Repetition
}

/**
 * Parameters that the administrator and we both set, with different meanings. Parameters that are meant to stand
 * several times (console=, pci=) do not conflict.
 */
export function conflicts(
  administrator: readonly PlacedParameter[],
  ours: readonly PlacedParameter[],
): CmdlineConflict[] {
  const theirs = placedUnits(administrator)
  return placedUnits(ours).flatMap((our) => {
    const { repeated } = ruleOf(our.unit.parameter.name)
    if (repeated === 'all-count') return []
    const their = theirs.findLast(({ unit }) => unit.key === our.unit.key)
    if (!their || sameUnit(their.unit, our.unit)) return []
    return [
      {
        key: our.unit.key,
        administrator: { parameter: their.unit.text, place: their.place },
        ours: { parameter: our.unit.text, place: our.place },
        repeated,
      },
    ]
  })
}

function placedUnits(parameters: readonly PlacedParameter[]) {
  const units = parseUnits(parameters.map(({ parameter }) => parameter).join(' '))
  let at = 0
  return units.map((unit) => {
    // A unit is one parameter or a pair: its last parameter has the place that matters.
    while (at < parameters.length - 1 && parameters[at]!.parameter !== unit.parameter.text) at++
    const { place } = parameters[at]!
    at++
    return { unit, place }
  })
}
