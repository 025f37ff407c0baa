import { InputError } from '../errors.ts'

/** A release of nova: its major version, its series, the newest compute microversion that it speaks. */
export interface Release {
  major: number
  name: string
  /** `2023.1` from Antelope on */
  series?: string
  microversion: string
}

/** Nova's documentation, compute API microversion history (`Maximum in …`), and docs.openstack.org/releasenotes/nova. */
export const RELEASES: readonly Release[] = [
  { major: 13, name: 'mitaka', microversion: '2.25' },
  { major: 14, name: 'newton', microversion: '2.38' },
  { major: 15, name: 'ocata', microversion: '2.42' },
  { major: 16, name: 'pike', microversion: '2.53' },
  { major: 17, name: 'queens', microversion: '2.60' },
  { major: 18, name: 'rocky', microversion: '2.65' },
  { major: 19, name: 'stein', microversion: '2.72' },
  { major: 20, name: 'train', microversion: '2.79' },
  { major: 21, name: 'ussuri', microversion: '2.87' },
  { major: 22, name: 'victoria', microversion: '2.87' },
  { major: 23, name: 'wallaby', microversion: '2.88' },
  { major: 24, name: 'xena', microversion: '2.90' },
  { major: 25, name: 'yoga', microversion: '2.90' },
  { major: 26, name: 'zed', microversion: '2.93' },
  { major: 27, name: 'antelope', series: '2023.1', microversion: '2.95' },
  { major: 28, name: 'bobcat', series: '2023.2', microversion: '2.95' },
  { major: 29, name: 'caracal', series: '2024.1', microversion: '2.96' },
  { major: 30, name: 'dalmatian', series: '2024.2', microversion: '2.96' },
  { major: 31, name: 'epoxy', series: '2025.1', microversion: '2.100' },
  { major: 32, name: 'flamingo', series: '2025.2', microversion: '2.101' },
  { major: 33, name: 'gazpacho', series: '2026.1', microversion: '2.101' },
]

export const NEWEST = RELEASES.at(-1)!

/** First releases of what quietcore writes or judges (nova's release notes). */
export const SINCE = {
  resourcesInFlavor: 16,
  emulatorThreads: 16,
  requiredTraits: 17,
  numberedGroups: 18,
  emulatorThreadsShare: 18,
  dedicatedSet: 20,
  pmu: 20,
  apiValidation: 21,
  includingMask: 22,
  lockedMemory: 26,
  knownFilters: 26,
  powerManagement: 27,
} as const

/**
 * `zed`, `26`, `26.2.2`, `2023.1`.
 * @throws InputError `unknown-release`
 */
export function releaseNamed(text: string): Release {
  const word = text.trim().toLowerCase()
  const found = RELEASES.find(
    ({ name, series, major }) => word === name || word === series || word.split('.')[0] === String(major),
  )
  if (found) return found
  throw new InputError({
    code: 'unknown-release',
    message: `'${text}' is no release of nova that quietcore knows`,
    next: `Name one of ${RELEASES.map(({ name }) => name).join(', ')}, or a version such as 26 or 2023.1.`,
  })
}

/** The oldest release whose newest microversion is this one or newer: what a server surely is at least. */
export function releaseOfMicroversion(microversion: string): Release {
  return RELEASES.find((one) => compareMicroversions(one.microversion, microversion) >= 0) ?? NEWEST
}

/** The newest release that a server of this microversion may be: Ussuri and Victoria both end at 2.87. */
export function newestOfMicroversion(microversion: string): Release {
  const oldest = releaseOfMicroversion(microversion)
  return RELEASES.findLast((one) => one.microversion === oldest.microversion) ?? oldest
}

/** Negative when `a` is older. Microversions are two integers, not a decimal number: 2.100 is newer than 2.86. */
export function compareMicroversions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}
