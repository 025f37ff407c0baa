import { InputError, type Place } from '../errors.ts'
import type { Warning } from '../warning.ts'
import type { FunctionEnv } from './functions/env.ts'
import { findProfiles } from './include.ts'
import { mergeProfiles } from './merge.ts'
import type { Profile, ProfileLibrary, Unit } from './profile.ts'
import { finishUnit } from './unit.ts'
import type { UnitDraft } from './unit-draft.ts'
import { Variables } from './variables.ts'

export interface LoadOptions {
  /** variables that win over the profile's own */
  overrides?: ReadonlyMap<string, string>
  /** unit types that can be applied; any other is an error, or a warning in TuneD's own files. Default: all are fine */
  knownTypes?: ReadonlySet<string>
}

/**
 * Finds, merges (left to right) and expands profiles for one machine.
 * @throws InputError with file:line for whatever is wrong in a profile: unknown profile, include loop, syntax,
 * unknown section or function, failed assertion
 */
export function loadProfile(
  names: readonly string[] | string,
  library: ProfileLibrary,
  env: FunctionEnv,
  options: LoadOptions = {},
): Profile {
  const asked = typeof names === 'string' ? names.split(/\s+/).filter(Boolean) : names
  if (asked.length === 0) {
    throw new InputError({
      code: 'no-profile',
      message: 'no profile is named',
      next: "'quietcore list' shows the profiles of this machine.",
    })
  }
  const warnings: Warning[] = []
  const variables = new Variables(env, warnings, options.overrides)
  const expand = (text: string, place: Place): string => variables.expand(text, place)
  const found = findProfiles(asked, { library, expand })
  const merged = found.map(({ draft }) => draft).reduce((a, b) => mergeProfiles(a, b, warnings))
  const included = variables.defineAll(merged.units.get('variables')?.options ?? new Map(), library)
  merged.units.delete('variables')
  const units = [...merged.units.values()].map((draft) => finishUnit(draft, expand, env.facts))
  for (const unit of units) checkType(unit, merged.units.get(unit.name)!, options.knownTypes, warnings)
  return {
    name: asked.join(' '),
    summary: merged.main.get('summary')?.raw ?? '',
    description: merged.main.get('description')?.raw ?? '',
    files: [...found.map(({ source }) => source.path), ...included],
    units,
    variables: variables.values,
    variablePlaces: variables.places,
    warnings: distinct(warnings),
    path: library.find(asked[0]!, new Set())!.path,
  }
}

/** A value can be expanded twice (a command line), its warning is wanted once. */
function distinct(warnings: readonly Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()]
}

function checkType(
  unit: Unit,
  draft: UnitDraft,
  known: ReadonlySet<string> | undefined,
  warnings: Warning[],
): void {
  if (!known || known.has(unit.type) || !unit.enabled) return
  const types = [...known].sort().join(', ')
  const message = `the section [${unit.name}] has the unknown type '${unit.type}'`
  if (draft.foreign) {
    warnings.push({ code: 'unknown-section', message: `${message} and is left out`, place: unit.place })
    return
  }
  throw new InputError({ code: 'unknown-section', message, place: unit.place, next: `Known are: ${types}.` })
}
