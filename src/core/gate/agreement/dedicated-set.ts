import { CpuSet } from '../../cpu/cpu-set.ts'
import { parseCpuSpec } from '../../nova/cpu-spec.ts'
import { NovaRefusal } from '../../nova/refusal.ts'
import type { Link } from '../link.ts'
import { agreement } from './agreement.ts'

/** The CPUs that nova gives to guests, from nova.conf's options as nova reads them. */
export interface NovaSets {
  /** file and option that names the dedicated CPUs */
  origin: string
  /** null: not set */
  dedicated: CpuSet | null
  shared: CpuSet | null
}

/**
 * The sets of a nova.conf. Train and later have [compute] cpu_dedicated_set, earlier releases [DEFAULT] vcpu_pin_set.
 * @returns the message of a set that nova cannot read, instead
 */
export function novaSets(values: ReadonlyMap<string, readonly string[]>, path: string): NovaSets | string {
  // An empty set is none for nova (virt/hardware.py get_vcpu_pin_set and its like).
  const last = (id: string) => values.get(id)?.at(-1) || undefined
  const newer = last('compute/cpu_dedicated_set')
  const [option, text] =
    newer === undefined
      ? (['[DEFAULT] vcpu_pin_set', last('DEFAULT/vcpu_pin_set')] as const)
      : (['[compute] cpu_dedicated_set', newer] as const)
  try {
    return {
      origin: text === undefined ? path : `${option} of ${path}`,
      dedicated: read(text),
      shared: read(last('compute/cpu_shared_set')),
    }
  } catch (error) {
    if (error instanceof NovaRefusal) return `${path}: ${error.message}`
    throw error
  }
}

function read(text: string | undefined): CpuSet | null {
  return text === undefined ? null : CpuSet.of(parseCpuSpec(text))
}

/** nova dedicates exactly the CPUs that the running kernel isolates. */
export function dedicatedAgrees(sets: NovaSets, isolated: CpuSet): Link {
  const { dedicated, origin } = sets
  const faults: string[] = []
  if (dedicated === null) faults.push(`${origin} dedicates no CPU, the kernel isolates ${isolated}`)
  else if (!dedicated.equals(isolated)) {
    const [only, missing] = [dedicated.minus(isolated), isolated.minus(dedicated)]
    if (only.size > 0) faults.push(`${origin} is ${dedicated}, of which the kernel does not isolate ${only}`)
    if (missing.size > 0) faults.push(`the kernel isolates ${missing}, which are not in ${origin}`)
  }
  return agreement(
    'nova.conf and host',
    faults,
    `${origin} and the kernel’s isolated CPUs are ${isolated}`,
    'quietcore nova conf plan shows the difference; after apply, restart nova-compute',
  )
}
