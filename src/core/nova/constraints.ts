import type { Flavor, ImageProperties } from './flavor.ts'
import { type Cell, cellsMb, nodeCount, numaCells } from './numa-cells.ts'
import { ANY, LARGE, pageSizeKib } from './page-size.ts'
import { cpuPolicy, emulatorPolicy, hyperthreadingTrait, requestedCount, threadPolicy } from './policies.ts'
import { isTrue } from './python-values.ts'
import { dedicatedVcpus, realtimeVcpus } from './realtime.ts'
import { NovaRefusal } from './refusal.ts'
import { NEWEST, type Release, SINCE } from './release.ts'

/** What nova makes of a flavor and an image when it boots them. */
export interface Constraints {
  /** undefined: no real time */
  realtime: readonly number[] | undefined
  /** undefined: no topology, the guest floats */
  cells: readonly Cell[] | undefined
  /** memory of each cell, MiB; undefined without a topology, or where the flavor's memory is not known */
  cellsMb: readonly number[] | undefined
  /** KiB; negative for small, large and any */
  pageSizeKib: number | undefined
  emulatorThreads: string | undefined
}

/**
 * The checks that nova makes only when an instance boots or is resized (nova/virt/hardware.py numa_get_constraints),
 * in its order, so that the first refusal is nova's.
 * @throws NovaRefusal with nova's class
 */
export function bootConstraints(
  flavor: Flavor,
  image: ImageProperties,
  release: Release = NEWEST,
): Constraints {
  const asked = cpuPolicy(flavor, image, release.major >= SINCE.includingMask)
  const askedThreads = threadPolicy(flavor, image)
  const realtime = realtimeVcpus(flavor, image, release)
  const dedicated = release.major >= SINCE.includingMask ? dedicatedVcpus(flavor) : undefined
  const emulatorThreads = emulatorPolicy(flavor, release)
  // Before Train nova took no policy from resources:PCPU and from traits.
  const counted = release.major >= SINCE.dedicatedSet
  const policy = counted ? placementPolicy(flavor, asked, emulatorThreads) : asked
  const trait = counted ? hyperthreadingTrait(flavor, image) : undefined
  if (askedThreads && trait) {
    throw new NovaRefusal(
      'InvalidRequest',
      "It is not possible to use the 'trait:HW_CPU_HYPERTHREADING' extra spec in combination with the 'hw:cpu_thread_policy' extra spec or 'hw_cpu_thread_policy' image metadata property; use one or the other",
    )
  }
  const threads = trait === 'forbidden' || trait === 'required' ? trait : askedThreads
  checkTogether({ policy, threads, emulatorThreads, realtime, dedicated })
  const nodes = nodeCount(flavor, image)
  const pages = pageSize(flavor, image)
  if (release.major >= SINCE.lockedMemory) checkLockedMemory(flavor, image)
  const pinning = policy === 'dedicated' || policy === 'mixed'
  const topology =
    nodes !== undefined || pages || flavor.specs.get('hw:pmem') || pinning
      ? numaCells(flavor, image, nodes ?? 1, pinnedOf(flavor, policy, dedicated ?? realtime))
      : undefined
  return {
    realtime: realtime && [...realtime].sort((a, b) => a - b),
    cells: topology,
    cellsMb: topology && cellsMb(flavor, image, nodes ?? 1),
    // The page size is an integer only once it is in the topology.
    pageSizeKib: pages === undefined ? undefined : Math.trunc(pages),
    emulatorThreads: topology === undefined ? undefined : emulatorThreads,
  }
}

interface Together {
  policy: string | undefined
  threads: string | undefined
  emulatorThreads: string | undefined
  realtime: ReadonlySet<number> | undefined
  dedicated: ReadonlySet<number> | undefined
}

function checkTogether({ policy, threads, emulatorThreads, realtime, dedicated }: Together): void {
  if (policy === 'mixed') {
    if ((realtime === undefined) === (dedicated === undefined)) {
      throw new NovaRefusal(
        'RequiredMixedOrRealtimeCPUMask',
        "Dedicated CPU set can be specified from either 'hw:cpu_dedicated_mask' or 'hw:cpu_realtime_mask' when using 'mixed' CPU policy. 'hw:cpu_dedicated_mask' and 'hw:cpu_realtime_mask' can not be specified at the same time, or be specified with none of them.",
      )
    }
    return
  }
  if (policy !== 'dedicated') {
    if (threads) {
      throw new NovaRefusal(
        'CPUThreadPolicyConfigurationInvalid',
        'Cannot set cpu thread pinning policy in a non dedicated cpu pinning policy',
      )
    }
    if (emulatorThreads === 'isolate') {
      throw new NovaRefusal(
        'BadRequirementEmulatorThreadsPolicy',
        'An isolated CPU emulator threads option requires a dedicated CPU policy option.',
      )
    }
  }
  if (dedicated) {
    throw new NovaRefusal(
      'RequiredMixedInstancePolicy',
      "Cannot specify 'hw:cpu_dedicated_mask' without the 'mixed' policy.",
    )
  }
  if (policy !== 'dedicated' && realtime) {
    throw new NovaRefusal(
      'RealtimeConfigurationInvalid',
      'Cannot set realtime policy in a non dedicated cpu pinning policy',
    )
  }
}

/** The policy that counts: `resources:PCPU` and `resources:VCPU` stand for one. */
function placementPolicy(
  flavor: Flavor,
  asked: string | undefined,
  emulatorThreads: string | undefined,
): string | undefined {
  const [vcpus, pcpus] = [requestedCount(flavor, 'VCPU'), requestedCount(flavor, 'PCPU')]
  if (asked && (vcpus || pcpus)) {
    throw new NovaRefusal(
      'InvalidRequest',
      "It is not possible to use the 'resources:VCPU' or 'resources:PCPU' extra specs in combination with the 'hw:cpu_policy' extra spec or 'hw_cpu_policy' image metadata property; use one or the other",
    )
  }
  if (vcpus && pcpus) {
    throw new NovaRefusal(
      'InvalidRequest',
      "It is not possible to specify both 'resources:VCPU' and 'resources:PCPU' extra specs; use one or the other",
    )
  }
  if (pcpus) checkPcpuCount(flavor.vcpus, pcpus, emulatorThreads)
  return vcpus ? 'shared' : pcpus ? 'dedicated' : asked
}

function checkPcpuCount(vcpus: number, pcpus: number, emulatorThreads: string | undefined): void {
  if (emulatorThreads === 'isolate' && pcpus !== vcpus + 1) {
    throw new NovaRefusal(
      'InvalidRequest',
      "You have requested 'hw:emulator_threads_policy=isolate' but have not requested sufficient PCPUs to handle this policy; you must allocate exactly flavor.vcpus + 1 PCPUs.",
    )
  }
  if (emulatorThreads !== 'isolate' && pcpus !== vcpus) {
    throw new NovaRefusal(
      'InvalidRequest',
      "There is a mismatch between the number of PCPUs requested via 'resourcesNN:PCPU' and the flavor); you must allocate exactly flavor.vcpus PCPUs",
    )
  }
}

function pageSize({ specs }: Flavor, image: ImageProperties): number | undefined {
  const [own, its] = [specs.get('hw:mem_page_size'), image.get('hw_mem_page_size')]
  if (!own && its) throw forbidden(its, '<empty>')
  if (!own) return undefined
  const size = pageSizeKib(own)
  if (!its) return size
  if (size === ANY || size === LARGE) return pageSizeKib(its)
  throw forbidden(its, own)
}

function forbidden(size: string, against: string): NovaRefusal {
  return new NovaRefusal('MemoryPageSizeForbidden', `Page size ${size} forbidden against '${against}'`)
}

function checkLockedMemory({ specs }: Flavor, image: ImageProperties): void {
  const [own, its] = [specs.get('hw:locked_memory'), image.get('hw_locked_memory')]
  if (own !== undefined && its !== undefined && isTrue(own) !== isTrue(its)) {
    throw new NovaRefusal(
      'FlavorImageLockedMemoryConflict',
      `locked_memory value in image (${its}) and flavor (${own}) conflict. A consistent value is expected if both specified.`,
    )
  }
  const pages = specs.get('hw:mem_page_size') || image.get('hw_mem_page_size')
  if (isTrue(own ?? its) && !pages) {
    throw new NovaRefusal(
      'LockMemoryForbidden',
      'locked_memory value in image or flavor is forbidden when mem_page_size is not set.',
    )
  }
}

function pinnedOf(
  { vcpus }: Flavor,
  policy: string | undefined,
  some: ReadonlySet<number> | undefined,
): ReadonlySet<number> {
  if (policy === 'dedicated') return new Set(Array.from({ length: vcpus }, (_, cpu) => cpu))
  return (policy === 'mixed' ? some : undefined) ?? new Set()
}
