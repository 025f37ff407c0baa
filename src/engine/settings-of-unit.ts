import { formatPlace, InputError } from '../core/errors.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { KindResult, Machine } from '../settings/kind.ts'
import { kindOf } from '../settings/kinds.ts'

/** Without one of these the rest of its section would touch more than the profile means. */
const NARROWING: ReadonlySet<string> = new Set(['ps_whitelist', 'ps_blacklist', 'mode'])

/**
 * A unit through its kind. An option that cannot be meant is left out with a warning where it stands in a file of TuneD's
 * directories, as TuneD does with a line in its log; a type without a kind gives nothing (the loader has warned).
 * @throws InputError for an option of our own directories that cannot be meant
 */
export function settingsOfUnit(
  unit: Unit,
  machine: Machine,
  variables: ReadonlyMap<string, string>,
): KindResult {
  const kind = kindOf(unit.type)
  const leftOut: Warning[] = []
  const options = new Map(unit.options)
  while (kind) {
    try {
      const { settings, warnings } = kind.settings({ ...unit, options }, machine, variables)
      return { settings, warnings: [...leftOut, ...warnings] }
    } catch (error) {
      // A command line is one thing: half of it is nothing that a profile means.
      const name = unit.type === 'bootloader' ? undefined : badForeignOption(options, error)
      if (name === undefined) throw error
      leftOut.push(leftOutWarning(unit, name, error as InputError))
      options.delete(name)
    }
  }
  return { settings: [], warnings: [] }
}

function badForeignOption(options: Unit['options'], error: unknown): string | undefined {
  if (!(error instanceof InputError) || error.place === undefined) return undefined
  const at = formatPlace(error.place)
  const found = [...options].find(([, { foreign, place }]) => foreign && formatPlace(place) === at)
  return found === undefined || NARROWING.has(found[0]) ? undefined : found[0]
}

function leftOutWarning(unit: Unit, name: string, { message, place }: InputError): Warning {
  const text = `${formatPlace(place!)}: [${unit.name}] ${name} is left out: ${message}`
  return { code: 'bad-option', message: text, place: place! }
}
