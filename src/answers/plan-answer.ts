import type { ObservedPlan } from '../core/plan/plan.ts'
import type { Effect, State } from '../core/plan/setting.ts'
import type { Warning } from '../core/warning.ts'

export interface SettingAnswer {
  id: string
  section: string
  target: string
  want: string
  have: string | null
  state: State
  effect: Effect
  reason?: string
}

export interface PlanAnswer {
  profile: string
  settings: SettingAnswer[]
  warnings: Warning[]
  cmdline: { running: string; wanted: string }
}

/** The contract of `plan --json` and `verify --json` (docs/schema/plan.schema.json). */
export function planAnswer({ profile, settings, warnings, cmdline }: ObservedPlan): PlanAnswer {
  return {
    profile,
    settings: settings.map(({ setting, have, state, reason }) => ({
      id: setting.id,
      section: setting.section,
      target: setting.target,
      want: setting.want,
      have,
      state,
      effect: setting.effect,
      ...(reason === undefined ? {} : { reason }),
    })),
    warnings: warnings.map(({ code, message, place }) => ({ code, message, ...(place ? { place } : {}) })),
    cmdline,
  }
}
