import { joinCpulists } from '../cmdline/join-cpulists.ts'
import type { Profile, Unit } from './profile.ts'

/**
 * The cmdline* options of a bootloader unit as one line, in order: `+x` and plain `x` append, `-x y` removes these
 * parameters where they stand so far, `\+x`, `\-x` and `\\x` append the rest literally. Blanks inside stay.
 */
export function joinCommandLine(options: Iterable<readonly [name: string, value: string]>): string {
  let line = ''
  for (const [name, value] of options) {
    if (!name.startsWith('cmdline') || value === '') continue
    const rest = value.slice(1).trim()
    if (value[0] === '-') line = removeParameters(line, rest)
    else if (value[0] !== '+' && !/^\\[\\+-]/.test(value)) line += ` ${value}`
    else if (rest !== '') line += ` ${rest}`
  }
  return line.trim()
}

/** A line break inside a value continues it; on a kernel command line it would end it, as a blank ends a CPU list. */
export function oneLine(line: string): string {
  return joinCpulists(line.trim().replace(/\s*\n\s*/g, ' '))
}

/** The kernel parameters of a unit of type bootloader, expanded. */
export function unitCommandLine(unit: Unit): string {
  return (
    unit.cmdline ??
    oneLine(joinCommandLine([...unit.options].map(([name, { value }]) => [name, value] as const)))
  )
}

/** The kernel parameters that a profile wants: those of its bootloader units, lowest priority first. */
export function commandLine(profile: Profile): string {
  return profile.units
    .filter(({ type, enabled }) => type === 'bootloader' && enabled)
    .toSorted((a, b) => a.priority - b.priority)
    .map(unitCommandLine)
    .filter((line) => line !== '')
    .join(' ')
}

function removeParameters(line: string, parameters: string): string {
  let left = line
  for (const parameter of parameters.split(/\s+/).filter(Boolean)) {
    const literal = parameter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    left = left.replace(new RegExp(`(?:^|\\s)${literal}(?=$|\\s)`, 'g'), '')
  }
  return left
}
