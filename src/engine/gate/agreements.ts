import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Domain } from '../../core/domain/domain.ts'
import { realtimePlan } from '../../core/domain/realtime-vcpus.ts'
import type { Facts } from '../../core/facts.ts'
import { dedicatedAgrees, type NovaSets } from '../../core/gate/agreement/dedicated-set.ts'
import { pinsAgree } from '../../core/gate/agreement/domain-pins.ts'
import { type BootedFlavor, flavorOf, maskAgrees, pagesAgree } from '../../core/gate/agreement/flavor.ts'
import { guestAgrees, guestAlone } from '../../core/gate/agreement/guest.ts'
import type { GuestAddress } from '../../core/gate/guest-address.ts'
import { absent, type Link } from '../../core/gate/link.ts'

/** All that the links are compared by. */
export interface Compared {
  facts: Facts
  sets: NovaSets | undefined
  domains: readonly Domain[]
  flavors: readonly BootedFlavor[]
  /** nova was asked for all its flavors */
  allFlavors: boolean
  guests: readonly { address: GuestAddress; isolated: CpuSet | undefined }[]
}

/** The flavors that real-time domains were booted with. */
export function flavorsOf(domains: readonly Domain[]): string[] {
  const realtime = domains.filter((domain) => realtimePlan(domain).from === 'vcpusched')
  return [...new Set(realtime.flatMap((domain) => flavorOf(domain) ?? []))]
}

/** Each pair of links that are both there. */
export function agreements({ facts, sets, domains, flavors, allFlavors, guests }: Compared): Link[] {
  const { isolated } = facts.cpu
  const sizesKib = [...new Set(facts.nodes.flatMap(({ hugepageSizesKb }) => hugepageSizesKb))]
  return [
    ...(sets ? [dedicatedAgrees(sets, isolated)] : []),
    ...domains.flatMap((domain) => {
      const flavor = flavors.find(({ name }) => name === flavorOf(domain))
      return [
        pinsAgree(domain, isolated, sets),
        ...flavorLinks(domain, flavor, allFlavors),
        pagesAgree(domain, sizesKib, flavor),
      ]
    }),
    ...guests.map((guest) => guestLink(guest, domains)),
  ]
}

function flavorLinks(domain: Domain, flavor: BootedFlavor | undefined, all: boolean): Link[] {
  if (flavor) return [maskAgrees(domain, flavor)]
  const name = flavorOf(domain)
  if (name === undefined) return []
  const why = all ? 'nova boots nothing for real time with such a flavor now' : 'the flavor was not looked at'
  return [absent('agreement', why, `${domain.name} and flavor ${name}`)]
}

function guestLink({ address, isolated }: Compared['guests'][number], domains: readonly Domain[]): Link {
  const wanted = address.by === 'agent' ? address.domain : address.name
  const domain = domains.find(({ name, uuid }) => name === wanted || uuid === wanted)
  if (domain && isolated) return guestAgrees(address.name, isolated, domain)
  if (domain)
    return guestAlone(address.name, 'what the guest isolates is not known', 'see the link of its tuning')
  if (domains.length > 0) {
    const next = 'name the guest as libvirt names its domain, and audit it (--domain)'
    return guestAlone(address.name, `no domain '${wanted}' was audited`, next)
  }
  return absent('agreement', 'no domain was audited', `guest ${address.name} and its domain`)
}
