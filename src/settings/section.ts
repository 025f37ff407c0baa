import { formatPlace, InputError } from '../core/errors.ts'
import type { Comparison } from '../core/plan/compare.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'

/** An option with a value; one that is left empty counts as not there. */
export function optionOf(unit: Unit, name: string): ProfileOption | undefined {
  const option = unit.options.get(name)
  return option === undefined || option.value.trim() === '' ? undefined : option
}

/**
 * A warning for every option that the kind does not know, and for every one that it knows and leaves alone.
 * @param leftAlone option to the reason, one sentence without its full stop
 */
export function optionWarnings(
  unit: Unit,
  known: readonly string[],
  leftAlone: Readonly<Record<string, string>> = {},
): Warning[] {
  return [...unit.options].flatMap(([name, { place }]) => {
    if (known.includes(name)) return []
    const reason = leftAlone[name]
    const what =
      reason === undefined
        ? `[${unit.name}] has no option '${name}'; it is left out`
        : `[${unit.name}] ${name} is left out: ${reason}`
    const code = reason === undefined ? 'unknown-option' : 'option-left-out'
    return [{ code, message: `${formatPlace(place)}: ${what}`, place }]
  })
}

/** A setting of one file of /proc or /sys. */
export function liveSetting(unit: Unit, path: string, want: string, compare: Comparison): Setting {
  return {
    id: `${unit.type}:${path}`,
    section: unit.name,
    target: path,
    want,
    effect: 'now',
    compare,
    knob: { knob: 'live-file', path, compare },
  }
}

/** A wish that this machine has no knob for. */
export function unsupportedSetting(unit: Unit, target: string, want: string, reason: string): Setting {
  return { ...liveSetting(unit, target, want, 'text'), id: `${unit.type}:${target}`, unsupported: reason }
}

/** `N`, `>N` (at least) or `<N` (at most), an integer. @throws InputError `not-a-number` */
export function bound({ value, place }: ProfileOption): { want: string; compare: Comparison } {
  const match = /^([<>]?)\s*(-?\d+|0x[0-9a-f]+)$/i.exec(unquoted(value))
  if (!match) {
    throw new InputError({
      code: 'not-a-number',
      message: `'${value}' is not a number`,
      place,
      next: 'Write an integer; `>N` means at least N, `<N` at most N.',
    })
  }
  const compare = ({ '>': 'at-least', '<': 'at-most', '': 'number' } as const)[match[1] as '' | '<' | '>']
  return { want: match[2]!, compare }
}

/** `1` or `0` of a yes or no. @throws InputError `not-a-boolean` */
export function flag({ value, place }: ProfileOption): '1' | '0' {
  const word = unquoted(value).toLowerCase()
  if (['1', 'y', 'yes', 'on', 'true'].includes(word)) return '1'
  if (['0', 'n', 'no', 'off', 'false'].includes(word)) return '0'
  throw new InputError({
    code: 'not-a-boolean',
    message: `'${value}' is neither yes nor no`,
    place,
    next: 'Write 1 or 0.',
  })
}

/** `a|b|c`, in the order of preference. @throws InputError `empty-alternative` */
export function alternatives({ value, place }: ProfileOption): string[] {
  const words = unquoted(value)
    .split('|')
    .map((word) => word.trim())
  if (words.includes('')) {
    throw new InputError({
      code: 'empty-alternative',
      message: `'${value}' has an empty alternative`,
      place,
      next: 'Split the values by single `|`.',
    })
  }
  return words
}

/** Without the quotes around the whole value that TuneD's users write. */
export function unquoted(value: string): string {
  const text = value.trim()
  const quoted = /^"([^"]*)"$|^'([^']*)'$/.exec(text)
  return quoted ? (quoted[1] ?? quoted[2] ?? '') : text
}
