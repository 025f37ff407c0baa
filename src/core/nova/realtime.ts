import { maskedVcpus, parseCpuSpec } from './cpu-spec.ts'
import type { Flavor, ImageProperties } from './flavor.ts'
import { emulatorPolicy } from './policies.ts'
import { isTrue } from './python-values.ts'
import { NovaRefusal } from './refusal.ts'
import { type Release, SINCE } from './release.ts'

const NONE_LEFT =
  'Use of realtime CPUs requires either one or more non-realtime CPU(s) or offloaded emulator threads.'

/** Only the flavor can ask for real time; an image cannot. */
export function wantsRealtime({ specs }: Flavor): boolean {
  return isTrue(specs.get('hw:cpu_realtime'))
}

/** The mask that counts: an image's wins over the flavor's. */
export function realtimeMask({ specs }: Flavor, image: ImageProperties): string | undefined {
  return image.get('hw_cpu_realtime_mask') || specs.get('hw:cpu_realtime_mask') || undefined
}

/**
 * The guest's real-time vCPUs; undefined when real time is not asked for (get_realtime_cpu_constraint).
 * @throws NovaRefusal `RealtimeMaskNotFoundOrInvalid`, `Invalid`
 */
export function realtimeVcpus(
  flavor: Flavor,
  image: ImageProperties,
  release: Release,
): ReadonlySet<number> | undefined {
  if (!wantsRealtime(flavor)) return undefined
  const mask = realtimeMask(flavor, image)
  const all = new Set(Array.from({ length: flavor.vcpus }, (_, cpu) => cpu))
  if (release.major < SINCE.includingMask) return beforeVictoria(mask, flavor.vcpus)
  const realtime = mask === undefined ? all : maskedVcpus(mask, flavor.vcpus)
  if (realtime.size === 0) throw new NovaRefusal('RealtimeMaskNotFoundOrInvalid', NONE_LEFT)
  const everyOne = realtime.size === all.size && [...realtime].every((cpu) => all.has(cpu))
  if (everyOne && emulatorPolicy(flavor, release) === undefined) {
    throw new NovaRefusal('RealtimeMaskNotFoundOrInvalid', NONE_LEFT)
  }
  if (![...realtime].every((cpu) => all.has(cpu))) {
    throw new NovaRefusal(
      'RealtimeMaskNotFoundOrInvalid',
      'Realtime policy vCPU(s) mask is configured with RT vCPUs that are not a subset of the vCPUs in the flavor. See hw:cpu_realtime_mask or hw_cpu_realtime_mask',
    )
  }
  return realtime
}

/** Up to Ussuri a mask was needed, and always taken away from all vCPUs: one without ^ made every vCPU real-time. */
function beforeVictoria(mask: string | undefined, vcpus: number): ReadonlySet<number> {
  const realtime = mask === undefined ? new Set<number>() : parseCpuSpec(`0-${vcpus - 1},${mask}`)
  if (realtime.size > 0) return realtime
  throw new NovaRefusal(
    'RealtimeMaskNotFoundOrInvalid',
    'Realtime policy needs vCPU(s) mask configured with at least 1 RT vCPU and 1 ordinary vCPU. See hw:cpu_realtime_mask or hw_cpu_realtime_mask',
  )
}

/**
 * The pinned vCPUs of a mixed guest (get_dedicated_cpu_constraint).
 * @throws NovaRefusal `InvalidMixedInstanceDedicatedMask`, `Invalid`
 */
export function dedicatedVcpus({ specs, vcpus }: Flavor): ReadonlySet<number> | undefined {
  const mask = specs.get('hw:cpu_dedicated_mask')
  if (!mask) return undefined
  const pinned = maskedVcpus(mask, vcpus)
  const floating = Array.from({ length: vcpus }, (_, cpu) => cpu).filter((cpu) => !pinned.has(cpu))
  if (pinned.size === 0 || floating.length === 0) {
    throw new NovaRefusal(
      'InvalidMixedInstanceDedicatedMask',
      "Mixed instance must have at least 1 pinned vCPU and 1 unpinned vCPU. See 'hw:cpu_dedicated_mask'.",
    )
  }
  if ([...pinned].some((cpu) => cpu < 0 || cpu >= vcpus)) {
    throw new NovaRefusal(
      'InvalidMixedInstanceDedicatedMask',
      'Mixed instance dedicated vCPU(s) mask is not a subset of vCPUs in the flavor. See "hw:cpu_dedicated_mask"',
    )
  }
  return pinned
}
