import type { Constraints } from './constraints.ts'
import type { Flavor, ImageProperties } from './flavor.ts'
import type { LintFinding } from './lint.ts'
import { isInBits, pageSizeKib } from './page-size.ts'
import { isBooleanWord, isTrue } from './python-values.ts'
import { realtimeMask, wantsRealtime } from './realtime.ts'
import { NovaRefusal } from './refusal.ts'
import { type Release, SINCE } from './release.ts'

/** Page sizes that x86 hosts have, KiB: 4 KiB, 2 MiB, 1 GiB. */
const X86_PAGE_SIZES_KIB: ReadonlySet<number> = new Set([4, 2048, 1048576])

/**
 * What nova takes without a word and what does not do what it says, then what a real-time guest misses.
 * @param constraints undefined when the boot is refused
 */
export function traps(
  flavor: Flavor,
  image: ImageProperties,
  constraints: Constraints | undefined,
  release: Release,
): LintFinding[] {
  const found = [
    ...unscopedKeys(flavor),
    ...maskTraps(flavor, image, release),
    ...pageTraps(flavor),
    ...emulatorTraps(flavor, constraints),
  ]
  return constraints?.realtime === undefined ? found : [...found, ...realtimeAdvice(flavor, release)]
}

function unscopedKeys({ specs }: Flavor): LintFinding[] {
  return [...specs.keys()].flatMap((key): LintFinding[] => {
    if (key.includes(':') || key === 'hide_hypervisor_id' || key === 'group_policy') return []
    const scoped = key.startsWith('hw_') ? `hw:${key.slice(3)}` : undefined
    return [
      {
        code: scoped ? 'image-property-in-flavor' : 'no-namespace',
        severity: 'error',
        key,
        message: scoped
          ? `'${key}' is the name of an image property: in a flavor nova takes it and does nothing with it, and the aggregate filter may find no host`
          : `'${key}' has no namespace: nova takes it as it is, and only the aggregate filters read it`,
        ...(scoped ? { fix: scoped } : {}),
      },
    ]
  })
}

function maskTraps(flavor: Flavor, image: ImageProperties, release: Release): LintFinding[] {
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
  if (mask?.startsWith('^') && mask.split(',').some((part) => !part.trim().startsWith('^'))) {
    found.push({
      code: 'mask-inclusion-ignored',
      severity: 'error',
      key: 'hw:cpu_realtime_mask',
      message: `in '${mask}' what stands without ^ does nothing: a mask that starts with ^ is taken away from all vCPUs`,
      fix: `hw:cpu_realtime_mask=${mask
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part.startsWith('^'))
        .join(',')}, or every excluded vCPU with its own ^`,
    })
  }
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

function pageTraps({ specs }: Flavor): LintFinding[] {
  const text = specs.get('hw:mem_page_size')
  if (text === undefined) return []
  const key = 'hw:mem_page_size'
  const size = readSize(text)
  if (size === undefined) {
    const fix = /^\d+[MG]i?$/.test(text) ? `${key}=${text}B` : `${key}=1GB`
    return [
      {
        code: 'page-size-not-read',
        severity: 'error',
        key,
        message: `the API takes ${key}=${text} and every boot is refused: nova wants a unit that ends in B, with a capital K, M, G or T before it`,
        fix,
      },
    ]
  }
  if (isInBits(text)) {
    return [
      {
        code: 'page-size-in-bits',
        severity: 'error',
        key,
        message: `${text} is counted in bits: ${size} KiB, a page size that no host has, so that no host is found`,
        fix: `${key}=${text.replace(/b(?:it)?$/, 'B')}`,
      },
    ]
  }
  if (size >= 0 && !X86_PAGE_SIZES_KIB.has(size)) {
    return [
      {
        code: 'page-size-of-no-host',
        severity: 'error',
        key,
        message: `${text} is ${size} KiB; x86 hosts have pages of 4 KiB, 2 MiB and 1 GiB, so that no host is found`,
        fix: `${key}=1GB`,
      },
    ]
  }
  return []
}

function readSize(text: string): number | undefined {
  try {
    return pageSizeKib(text)
  } catch (error) {
    if (error instanceof NovaRefusal) return undefined
    throw error
  }
}

function emulatorTraps({ specs }: Flavor, constraints: Constraints | undefined): LintFinding[] {
  const pinned =
    constraints === undefined || constraints.cells?.some((cell) => cell.pinned.length > 0) === true
  if (specs.get('hw:emulator_threads_policy') !== 'share' || pinned) return []
  return [
    {
      code: 'emulator-policy-without-pinning',
      severity: 'error',
      key: 'hw:emulator_threads_policy',
      message: 'hw:emulator_threads_policy=share does nothing for a guest whose vCPUs are not pinned',
      fix: 'hw:cpu_policy=dedicated',
    },
  ]
}

/** What the audit of the running guest would find (docs/openstack.md), said already of its flavor. */
function realtimeAdvice({ specs }: Flavor, release: Release): LintFinding[] {
  const found: LintFinding[] = []
  const advise = (code: string, key: string, message: string, fix: string): void => {
    found.push({ code, severity: 'advice', key, message, fix })
  }
  if (!specs.get('hw:mem_page_size')) {
    advise(
      'realtime-without-hugepages',
      'hw:mem_page_size',
      'a real-time guest on small pages takes page-table walks and faults on its vCPUs',
      'hw:mem_page_size=1GB',
    )
  }
  if (!specs.get('hw:emulator_threads_policy') && release.major >= SINCE.emulatorThreadsShare) {
    advise(
      'emulator-on-vcpu-cpus',
      'hw:emulator_threads_policy',
      "QEMU's own threads run on the CPUs of the vCPUs that are not real-time: a spinning real-time vCPU can wait for a lock whose holder is preempted there",
      'hw:emulator_threads_policy=share, with [compute] cpu_shared_set on the hosts',
    )
  }
  if (!isBooleanWord(specs.get('hw:pmu') ?? '') || isTrue(specs.get('hw:pmu'))) {
    advise(
      'pmu-on',
      'hw:pmu',
      "the guest's performance counters cost exits and non-maskable interrupts on real-time vCPUs",
      'hw:pmu=false',
    )
  }
  return found
}
