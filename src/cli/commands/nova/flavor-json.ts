import type { FlavorDifference } from '../../../core/nova/flavor-difference.ts'
import type { LintAnswer } from '../../../core/nova/lint.ts'
import type { FlavorsPlan } from '../../../engine/nova/flavor-plan.ts'
import type { FlavorsVerified } from '../../../engine/nova/flavor-verify.ts'

/** docs/schema/nova-flavor.schema.json */
export function flavorsJson({ microversion, release, wanted, flavors, warnings }: FlavorsPlan) {
  return {
    microversion,
    release: release.name,
    wanted,
    flavors: flavors.map(({ name, id, size, difference, lint, state }) => ({
      name,
      id,
      state,
      ...size,
      ...differenceJson(difference),
      ...lintJson(lint),
    })),
    warnings: warnings.map(({ code, message }) => ({ code, message })),
  }
}

function differenceJson({ keys, set, remove }: FlavorDifference) {
  return { keys, set: Object.fromEntries(set), remove }
}

function lintJson({ result, realtimeVcpus, findings }: LintAnswer) {
  return { result, realtimeVcpus, findings }
}

/** docs/schema/nova-flavor-verify.schema.json */
export function verifiedJson({ microversion, flavors, warnings }: FlavorsVerified) {
  return {
    microversion,
    flavors: flavors.map(({ name, id, size, state, keys, lint }) => ({
      name,
      id,
      state,
      ...(size ?? { vcpus: null, ramMb: null, diskGb: null }),
      keys,
      ...(lint ? lintJson(lint) : { result: null, realtimeVcpus: [], findings: [] }),
    })),
    warnings: warnings.map(({ code, message }) => ({ code, message })),
  }
}
