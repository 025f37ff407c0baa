import type { ObservedPlan } from '../core/plan/plan.ts'

/** The contract of `plan --json` and `verify --json` (docs/schema/plan.schema.json). */
export function planJson({ profile, settings, warnings, cmdline }: ObservedPlan) {
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
