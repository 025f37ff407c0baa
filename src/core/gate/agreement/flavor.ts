import { CpuSet } from '../../cpu/cpu-set.ts'
import type { Domain } from '../../domain/domain.ts'
import { realtimePlan } from '../../domain/realtime-vcpus.ts'
import { attribute, child } from '../../domain/xml.ts'
import { ANY, LARGE } from '../../nova/page-size.ts'
import type { Link } from '../link.ts'
import { agreement, orNone } from './agreement.ts'

/** What nova makes of a flavor when it boots it. */
export interface BootedFlavor {
  name: string
  realtime: CpuSet
  /** KiB; negative for small, large and any; undefined: not asked for */
  pageSizeKib: number | undefined
}

/** The flavor that nova booted the domain with, from the metadata that it writes; undefined without. */
export function flavorOf(domain: Domain): string | undefined {
  return attribute(child(domain.root, 'metadata', 'nova:instance', 'nova:flavor'), 'name')
}

/** The vCPUs that the flavor's mask makes real-time are those that the domain schedules so. */
export function maskAgrees(domain: Domain, flavor: BootedFlavor): Link {
  const { vcpus, from } = realtimePlan(domain)
  const scheduled = from === 'vcpusched' ? vcpus : CpuSet.empty
  const same = scheduled.equals(flavor.realtime)
  return agreement(
    `${domain.name} and flavor ${flavor.name}`,
    same
      ? []
      : [
          `the flavor asks for real-time vCPUs ${orNone(flavor.realtime)}, the domain schedules ${orNone(scheduled)}`,
        ],
    `real-time vCPUs ${orNone(scheduled)} in both`,
    'resize or rebuild the instance: it keeps the flavor of its boot; an image’s hw_cpu_realtime_mask wins over the flavor’s',
  )
}

/** The pages that the domain asks for are of a size that the host has, and that the flavor asks for. */
export function pagesAgree(
  domain: Domain,
  hostSizesKib: readonly number[],
  flavor: BootedFlavor | undefined,
): Link {
  const sizes = [...new Set(domain.hugepages.flatMap(({ sizeKib }) => sizeKib ?? []))]
  const faults = sizes
    .filter((size) => !hostSizesKib.includes(size))
    .map((size) => `the domain wants pages of ${size} KiB, the host has ${hostSizesKib.join(', ') || 'none'}`)
  if (flavor?.pageSizeKib !== undefined) {
    const wrong = sizes.filter((size) => !allows(flavor.pageSizeKib!, size))
    for (const size of wrong) faults.push(`the flavor ${flavor.name} does not ask for pages of ${size} KiB`)
    if (flavor.pageSizeKib > 4 && !domain.hugepagesWanted)
      faults.push(
        `the flavor ${flavor.name} asks for pages of ${flavor.pageSizeKib} KiB, the domain has none`,
      )
  }
  const have = sizes.length > 0 ? `pages of ${sizes.join(', ')} KiB` : 'the host’s default pages'
  return agreement(
    `${domain.name} and page sizes`,
    faults,
    `${have}, which the host has${flavor?.pageSizeKib === undefined ? '' : ` and flavor ${flavor.name} asks for`}`,
    'let hw:mem_page_size, <hugepages> and the host’s default_hugepagesz= and hugepagesz= name one size',
  )
}

function allows(wantedKib: number, sizeKib: number): boolean {
  if (wantedKib === ANY) return true
  return wantedKib === LARGE ? sizeKib > 4 : wantedKib === sizeKib
}
