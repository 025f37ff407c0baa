import { checkSyntax } from './check-syntax.ts'
import { bootConstraints, type Constraints } from './constraints.ts'
import { type Flavor, type ImageProperties, MOST_VCPUS } from './flavor.ts'
import { NovaRefusal } from './refusal.ts'
import { NEWEST, type Release } from './release.ts'
import { traps } from './traps.ts'

/**
 * error: the API or the boot refuses it, or it silently does not do what it says.
 * advice: it works, and a real-time guest would be better off otherwise.
 */
export type Severity = 'error' | 'advice'

export interface LintFinding {
  /** stable, for scripts */
  code: string
  severity: Severity
  /** the extra spec that it is about */
  key?: string
  message: string
  /** what to write instead, or what to do */
  fix?: string
}

/** nova's answer to a flavor, without a nova. */
export interface LintAnswer {
  /** `OK`, or the name of the exception with which nova refuses the flavor or the boot */
  result: string
  /** vCPUs that are scheduled in real time; empty when there are none or when the boot is refused */
  realtimeVcpus: readonly number[]
  findings: readonly LintFinding[]
  /** undefined when the boot is refused */
  constraints?: Constraints
}

/** Says what nova's API and, later, its boot make of a flavor, and what silently does nothing. */
export function lintFlavor(flavor: Flavor, image: ImageProperties, release: Release = NEWEST): LintAnswer {
  const syntax = [...flavor.specs].flatMap(([key, value]): LintFinding[] => {
    const fault = checkSyntax(key, value, release)
    return fault ? [{ severity: 'error', key, ...fault }] : []
  })
  const oversized = tooLarge(flavor, syntax)
  if (oversized) return oversized
  try {
    const constraints = bootConstraints(flavor, image, release)
    return {
      result: 'OK',
      realtimeVcpus: constraints.realtime ?? [],
      findings: [...syntax, ...traps(flavor, image, constraints, release)],
      constraints,
    }
  } catch (error) {
    if (!(error instanceof NovaRefusal)) throw error
    const refused: LintFinding = {
      code: 'boot-refused',
      severity: 'error',
      message: `nova takes the flavor and refuses every boot and resize with ${error.novaClass}: ${error.message}`,
    }
    return {
      result: error.novaClass,
      realtimeVcpus: [],
      findings: [...syntax, refused, ...traps(flavor, image, undefined, release)],
    }
  }
}

/** What is refused before the boot rules, which would count for minutes. */
function tooLarge({ vcpus }: Flavor, syntax: readonly LintFinding[]): LintAnswer | undefined {
  if (syntax.some(({ code }) => code === 'too-long')) {
    return { result: 'ValidationError', realtimeVcpus: [], findings: syntax }
  }
  if (vcpus <= MOST_VCPUS) return undefined
  const found: LintFinding = {
    code: 'too-many-vcpus',
    severity: 'error',
    message: `nova takes ${vcpus} vCPUs, and no host has more than ${MOST_VCPUS} CPUs`,
  }
  return { result: 'NoValidHost', realtimeVcpus: [], findings: [...syntax, found] }
}
