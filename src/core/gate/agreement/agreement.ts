import type { CpuSet } from '../../cpu/cpu-set.ts'
import type { Link } from '../link.ts'

/** Two links of the chain that were compared; `faults` is empty when they agree. */
export function agreement(subject: string, faults: readonly string[], agreed: string, next: string): Link {
  const fails = faults.length > 0
  return {
    kind: 'agreement',
    subject,
    state: fails ? 'fail' : 'pass',
    evidence: fails ? faults : [agreed],
    next: fails ? [next] : [],
  }
}

/** A list of CPUs for a sentence. */
export function orNone(cpus: CpuSet): string {
  return cpus.size > 0 ? cpus.toString() : 'none'
}
