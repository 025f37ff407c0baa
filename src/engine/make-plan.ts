import { checkIsolated } from '../core/cpu/check-isolated.ts'
import { CpuSet } from '../core/cpu/cpu-set.ts'
import { formatPlace, InputError } from '../core/errors.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Setting } from '../core/plan/setting.ts'
import { undefinedVariables } from '../core/profile/undefined-variables.ts'
import type { Profile, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Machine } from '../settings/kind.ts'
import { KINDS } from '../settings/kinds.ts'

/**
 * The profile and this machine's facts, through the kinds of settings, to a plan. Nothing is written.
 * @throws InputError for CPUs that cannot be isolated and for a value with an undefined variable
 */
export function makePlan(profile: Profile, machine: Machine): Plan {
  refuseUndefined(profile)
  const warnings: Warning[] = [...profile.warnings, ...cpuWarnings(profile, machine)]
  const settings: Setting[] = []
  const units = profile.units.filter(({ enabled }) => enabled).toSorted((a, b) => a.priority - b.priority)
  for (const unit of units) {
    const result = ofUnit(unit, machine)
    settings.push(...result.settings)
    warnings.push(...result.warnings)
  }
  return {
    profile: profile.name,
    settings: bootLast(withoutRepeats(settings)),
    warnings,
    cmdline: { running: machine.facts.cmdline, wanted: wantedCmdline(profile, machine) },
  }
}
