import { compactCommandLine } from '../core/cmdline/compact.ts'
import { missingFrom } from '../core/cmdline/merge.ts'
import { checkIsolated } from '../core/cpu/check-isolated.ts'
import { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError } from '../core/errors.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Setting } from '../core/plan/setting.ts'
import { commandLine } from '../core/profile/bootloader-line.ts'
import { readCpulist } from '../core/profile/functions/tuned-cpulist.ts'
import type { Profile, Unit } from '../core/profile/profile.ts'
import { undefinedVariables } from '../core/profile/undefined-variables.ts'
import type { Warning } from '../core/warning.ts'
import { DEVICE_TYPES } from '../settings/devices.ts'
import type { Machine } from '../settings/kind.ts'
import { functionEnv } from './function-env.ts'
import { refKey } from './journal/records.ts'
import { settingsOfUnit } from './settings-of-unit.ts'

/**
 * The profile and this machine's facts, through the kinds of settings, to a plan. Nothing is written.
 * @throws InputError for CPUs that cannot be isolated, and for a value with an undefined variable in it
 */
export function makePlan(profile: Profile, machine: Machine): Plan {
  refuseUndefined(profile)
  const warnings: Warning[] = [...profile.warnings, ...cpuWarnings(profile, machine)]
  const settings: Setting[] = []
  for (const unit of oneBootLoader(profile)) {
    const result = settingsOfUnit(unit, machine, profile.variables)
    settings.push(...result.settings)
    warnings.push(...result.warnings)
  }
  return {
    profile: profile.name,
    settings: bootLoaderLast(
      oneOfEach(settings, new Map(profile.units.map(({ name, type }) => [name, type]))),
    ),
    warnings,
    // Nothing added to nothing, as the boot loader gets it: a profile and what it includes may both say skew_tick=1.
    cmdline: {
      running: machine.facts.cmdline,
      wanted: missingFrom('', compactCommandLine(commandLine(profile))),
    },
  }
}

/** Enabled units, lowest priority first. A machine has one command line, so bootloader units are joined into the last. */
function oneBootLoader(profile: Profile): Unit[] {
  const units = profile.units.filter(({ enabled }) => enabled).toSorted((a, b) => a.priority - b.priority)
  const last = units.findLast(({ type }) => type === 'bootloader')
  return units
    .filter((unit) => unit.type !== 'bootloader' || unit === last)
    .map((unit) => (unit === last ? { ...unit, cmdline: commandLine(profile) } : unit))
}

/** The CPUs to isolate, in whatever form the profile's language allows, judged before anything changes. */
function cpuWarnings(profile: Profile, machine: Machine): Warning[] {
  const text = profile.variables.get('isolated_cores')
  if (text === undefined) return []
  const place = profile.variablePlaces.get('isolated_cores') ?? { file: profile.path }
  const call = { env: functionEnv(machine), place, warn: () => {} }
  return checkIsolated(readCpulist(text, call) ?? CpuSet.empty, machine.facts.cpu, place)
}

function refuseUndefined(profile: Profile): void {
  const [first] = undefinedVariables(profile)
  if (!first) return
  throw new InputError({
    code: 'undefined-variable',
    message: first.name.startsWith('f:')
      ? `the function '${first.name.slice(2)}' gave no answer, and [${first.unit}] ${first.option} would be written with its text`
      : `the variable '${first.name}' is not defined, and [${first.unit}] ${first.option} would be written with it`,
    place: first.place,
    next: first.name.startsWith('f:')
      ? 'See what the function needs on this machine (docs/profiles.md). Nothing was changed.'
      : `Define ${first.name} in a [variables] section or in the variables file of the profile. Nothing was changed.`,
  })
}

/**
 * Two sections that turn the same knob: the later one wins, as when both were written one after the other; but of
 * sections of one type with devices= the first, because in TuneD a device belongs to the first that chooses it.
 */
function oneOfEach(settings: readonly Setting[], typeOf: ReadonlyMap<string, string>): Setting[] {
  const chosen = new Map<string, Setting>()
  for (const setting of settings) {
    const before = chosen.get(identity(setting))
    const type = typeOf.get(setting.section)
    const isTaken = before && before.section !== setting.section && typeOf.get(before.section) === type
    if (!isTaken || !DEVICE_TYPES.has(type ?? '')) chosen.set(identity(setting), setting)
  }
  return [...chosen.values()]
}

/** A setting that is only looked at may share its knob with the one that writes it. */
function identity({ id, knob, carriedBy, unsupported }: Setting): string {
  return carriedBy === undefined && unsupported === undefined ? refKey(knob) : id
}

/** Live settings first: when one of them fails, no file of the next boot has been touched yet. */
function bootLoaderLast(settings: readonly Setting[]): Setting[] {
  return settings.toSorted((a, b) => Number(isBoot(a)) - Number(isBoot(b)))
}

function isBoot(setting: Setting): boolean {
  return setting.knob.knob === 'boot-parameters'
}
