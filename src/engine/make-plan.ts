import { compactCommandLine } from '../core/cmdline/compact.ts'
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
import type { KindResult, Machine } from '../settings/kind.ts'
import { kindOf } from '../settings/kinds.ts'
import { functionEnv } from './function-env.ts'
import { refKey } from './journal/records.ts'

/**
 * The profile and this machine's facts, through the kinds of settings, to a plan. Nothing is written.
 * @throws InputError for CPUs that cannot be isolated, and for a value with an undefined variable in it
 */
export function makePlan(profile: Profile, machine: Machine): Plan {
  refuseUndefined(profile)
  const warnings: Warning[] = [...profile.warnings, ...cpuWarnings(profile, machine)]
  const settings: Setting[] = []
  for (const unit of oneBootLoader(profile)) {
    const result = settingsOf(unit, machine, profile)
    settings.push(...result.settings)
    warnings.push(...result.warnings)
  }
  return {
    profile: profile.name,
    settings: bootLoaderLast(lastOfEach(settings)),
    warnings,
    cmdline: { running: machine.facts.cmdline, wanted: compactCommandLine(commandLine(profile)) },
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

/** A type without a kind is a warning of the loader already (TuneD's own sections), so it gives nothing here. */
function settingsOf(unit: Unit, machine: Machine, { variables }: Profile): KindResult {
  return kindOf(unit.type)?.settings(unit, machine, variables) ?? { settings: [], warnings: [] }
}

/** The CPUs to isolate, in whatever form the profile's language allows, judged before anything changes. */
function cpuWarnings(profile: Profile, machine: Machine): Warning[] {
  const text = profile.variables.get('isolated_cores')
  if (text === undefined) return []
  const place = { file: profile.path }
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

/** Two sections that turn the same knob: the later one wins, as when both were written one after the other. */
function lastOfEach(settings: readonly Setting[]): Setting[] {
  return [...new Map(settings.map((setting) => [identity(setting), setting])).values()]
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
