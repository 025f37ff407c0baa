import type { Place } from '../errors.ts'
import type { Profile, ProfileOption, Unit } from './profile.ts'

/** A value that would be written with `${name}` still in it. */
export interface UndefinedVariable {
  unit: string
  option: string
  /** the variable; `f:exec` for a function that gave nothing */
  name: string
  place: Place
}

const LEFT_OVER = /\$\{(f:[\p{L}\p{N}_]+|[\p{L}\p{N}_]+(?=\}))/gu

/** What stays unexpanded in the values of enabled units. `\${x}` in the option itself asks for the text `${x}`. */
export function undefinedVariables(profile: Profile): UndefinedVariable[] {
  return profile.units.filter(({ enabled }) => enabled).flatMap(inUnit)
}

function inUnit(unit: Unit): UndefinedVariable[] {
  const devices: ProfileOption = { value: unit.devices, raw: unit.devices, place: unit.place }
  return [...unit.options, ['devices', devices] as const].flatMap(([option, { value, raw, place }]) =>
    isRemoval(unit, option, raw)
      ? []
      : [...new Set([...value.matchAll(LEFT_OVER)].map((match) => match[1]!))]
          .filter((name) => !raw.includes(`\\\${${name}`))
          .map((name) => ({ unit: unit.name, option, name, place })),
  )
}

/** `cmdline=-x` takes away, so nothing of it is written. */
function isRemoval(unit: Unit, option: string, raw: string): boolean {
  return unit.type === 'bootloader' && option.startsWith('cmdline') && raw.startsWith('-')
}
