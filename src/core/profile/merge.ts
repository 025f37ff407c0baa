import type { Warning } from '../warning.ts'
import { type RawOption, SCRIPT_SEPARATOR, type UnitDraft } from './unit-draft.ts'

/** One profile's file, or several merged. */
export interface ProfileDraft {
  /** [main], `include` taken out */
  main: Map<string, RawOption>
  /** in the order of first definition, [variables] among them */
  units: Map<string, UnitDraft>
}

/**
 * Puts a later profile on an earlier one, by TuneD's rules: type, enabled and devices are always the later one's
 * (devices falls back to `*`), priority, the expressions and scripts only if given, options one by one.
 * `drop` removes options of the earlier unit, `replace` the whole unit; its place in the order stays.
 */
export function mergeProfiles(earlier: ProfileDraft, later: ProfileDraft, warnings: Warning[]): ProfileDraft {
  const units = new Map(earlier.units)
  for (const [name, unit] of later.units) {
    const base = units.get(name)
    units.set(name, base && !unit.replace ? mergeUnits(base, unit, warnings) : unit)
  }
  return { main: new Map([...earlier.main, ...later.main]), units }
}

function mergeUnits(base: UnitDraft, unit: UnitDraft, warnings: Warning[]): UnitDraft {
  const kept = new Map(base.options)
  for (const name of unit.drop.names) {
    if (kept.delete(name)) continue
    const message = `[${unit.name}] drops '${name}', which the included profile does not have`
    warnings.push({ code: 'drop-nothing', message, place: unit.drop.place })
  }
  const own = unit.name === 'script' ? withEarlierScripts(kept, unit.options) : unit.options
  const options = unit.prepend && unit.name === 'variables' ? ahead(own, kept) : new Map([...kept, ...own])
  return { ...unit, given: { ...base.given, ...unit.given }, options }
}

/** A profile's script runs after those of the profiles that it includes. */
function withEarlierScripts(
  kept: ReadonlyMap<string, RawOption>,
  own: ReadonlyMap<string, RawOption>,
): ReadonlyMap<string, RawOption> {
  const [earlier, later] = [kept.get('script'), own.get('script')]
  if (!earlier || !later) return own
  return new Map([...own, ['script', { ...later, raw: earlier.raw + SCRIPT_SEPARATOR + later.raw }]])
}

/** New variables first, so that the included profile's can use them. */
function ahead(
  own: ReadonlyMap<string, RawOption>,
  kept: ReadonlyMap<string, RawOption>,
): Map<string, RawOption> {
  return new Map([...own, ...[...kept].filter(([name]) => !own.has(name))])
}
