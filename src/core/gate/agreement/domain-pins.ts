import { CpuSet } from '../../cpu/cpu-set.ts'
import type { Domain } from '../../domain/domain.ts'
import { pinOf, realtimePlan } from '../../domain/realtime-vcpus.ts'
import type { Link } from '../link.ts'
import { agreement, orNone } from './agreement.ts'
import type { NovaSets } from './dedicated-set.ts'

/**
 * A domain's real-time vCPUs run on isolated CPUs only, and, where nova made the domain, on CPUs that nova dedicates;
 * its other pins are on CPUs that nova has at all.
 */
export function pinsAgree(domain: Domain, isolated: CpuSet, sets: NovaSets | undefined): Link {
  const { vcpus, others } = realtimePlan(domain)
  const unpinned = CpuSet.of(vcpus.cpus.filter((vcpu) => pinOf(domain, vcpu) === null))
  const pins = cpusOf(domain, vcpus)
  const faults: string[] = []
  if (unpinned.size > 0) faults.push(`real-time vCPUs ${unpinned} are pinned to no CPU`)
  const outside = pins.minus(isolated)
  if (outside.size > 0)
    faults.push(`real-time vCPUs run on ${outside}, which the kernel does not isolate (${orNone(isolated)})`)
  if (sets?.dedicated && domain.nova) {
    const foreign = pins.minus(sets.dedicated)
    if (foreign.size > 0)
      faults.push(`real-time vCPUs run on ${foreign}, which are not in ${sets.origin} (${sets.dedicated})`)
    const nova = sets.dedicated.union(sets.shared ?? CpuSet.empty)
    const strange = cpusOf(domain, others).minus(nova)
    if (strange.size > 0) faults.push(`other vCPUs run on ${strange}, which nova.conf gives to no guest`)
  }
  const where = domain.nova && sets?.dedicated ? 'isolated, and nova dedicates them' : 'isolated'
  return agreement(
    `${domain.name} and isolated CPUs`,
    faults,
    `real-time vCPUs ${vcpus} run on CPUs ${pins}, all ${where}`,
    domain.nova
      ? 'start the instance anew after nova.conf and the host agree: nova pins when it boots, resizes or migrates'
      : 'pin the real-time vCPUs (<vcpupin>) to isolated CPUs',
  )
}

function cpusOf(domain: Domain, vcpus: CpuSet): CpuSet {
  return CpuSet.of(vcpus.cpus.flatMap((vcpu) => pinOf(domain, vcpu)?.cpus ?? []))
}
