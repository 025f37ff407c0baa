import type { Flavor, ImageProperties } from './flavor.ts'
import type { LintFinding } from './lint.ts'
import { isBooleanWord } from './python-values.ts'
import { realtimeMask, wantsRealtime } from './realtime.ts'
import { type Release, SINCE } from './release.ts'

/** Masks that do nothing, or not what they say. */
export function maskTraps(flavor: Flavor, image: ImageProperties, release: Release): LintFinding[] {
  const { specs } = flavor
  const found: LintFinding[] = []
  const [asked, own, its] = [
    specs.get('hw:cpu_realtime'),
    specs.get('hw:cpu_realtime_mask'),
    image.get('hw_cpu_realtime_mask'),
  ]
  if ((own || its) && !wantsRealtime(flavor)) {
    const word = asked !== undefined && !isBooleanWord(asked)
    found.push({
      code: 'mask-without-realtime',
      severity: 'error',
      key: own ? 'hw:cpu_realtime_mask' : 'hw:cpu_realtime',
      message: `the mask does nothing${word ? `: hw:cpu_realtime=${asked} is no word for yes` : ' without hw:cpu_realtime'}; no vCPU is real-time`,
      fix: 'hw:cpu_realtime=yes',
    })
  } else if (asked !== undefined && !isBooleanWord(asked)) {
    found.push({
      code: 'realtime-not-understood',
      severity: 'error',
      key: 'hw:cpu_realtime',
      message: `hw:cpu_realtime=${asked} is no word for yes; no vCPU is real-time`,
      fix: 'hw:cpu_realtime=yes',
    })
  }
  if (own && its && own !== its && wantsRealtime(flavor)) {
    found.push({
      code: 'image-mask-wins',
      severity: 'error',
      key: 'hw:cpu_realtime_mask',
      message: `the image's hw_cpu_realtime_mask=${its} wins over the flavor's mask ${own}`,
      fix: "Remove hw_cpu_realtime_mask from the image, or make it the flavor's.",
    })
  }
  const mask = realtimeMask(flavor, image)?.trim()
  found.push(...inclusionTrap('hw:cpu_realtime_mask', mask))
  found.push(...inclusionTrap('hw:cpu_dedicated_mask', specs.get('hw:cpu_dedicated_mask')?.trim()))
  if (mask && !mask.startsWith('^') && release.major < SINCE.includingMask && wantsRealtime(flavor)) {
    found.push({
      code: 'including-mask-ignored',
      severity: 'error',
      key: 'hw:cpu_realtime_mask',
      message: `before Victoria (22) a mask must start with ^: ${release.name} makes every vCPU real-time with '${mask}'`,
      fix: 'Name the vCPUs that are not real-time: ^0-1.',
    })
  }
  return found
}

function inclusionTrap(key: string, mask: string | undefined): LintFinding[] {
  const parts = mask?.split(',').map((part) => part.trim()) ?? []
  const kept = parts.filter((part) => part.startsWith('^'))
  if (!mask?.startsWith('^') || kept.length === parts.length) return []
  return [
    {
      code: 'mask-inclusion-ignored',
      severity: 'error',
      key,
      message: `in '${mask}' what stands without ^ does nothing: a mask that starts with ^ is taken away from all vCPUs`,
      fix: `${key}=${kept.join(',')}, or every excluded vCPU with its own ^`,
    },
  ]
}
