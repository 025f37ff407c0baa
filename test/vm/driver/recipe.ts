import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const RELEASE = 'bookworm'
/** Apparent size; the file is sparse and takes about 1 GiB. */
export const DISK_BYTES = 6 * 2 ** 30
/** sfdisk's default start of a first partition: 1 MiB, which leaves GRUB its room after the MBR. */
export const PARTITION_OFFSET_BYTES = 2 ** 20

const BASE_PACKAGES = [
  ...['systemd-sysv', 'udev', 'dbus', 'kmod', 'procps', 'psmisc', 'util-linux', 'iproute2', 'less', 'lz4'],
  ...['linux-image-rt-amd64', 'initramfs-tools', 'grub-pc', 'openssh-server', 'irqbalance'],
  ...['rt-tests', 'rtla', 'stress-ng', 'numactl', 'python3', 'linux-cpupower'],
  // what a Node binary links to
  ...['libstdc++6', 'libatomic1'],
]

/** A kind of machine: Debian 12 with its PREEMPT_RT kernel, and more packages on it. */
export interface Recipe {
  /** a word for the cache folder's name */
  name: string
  packages: readonly string[]
  /** systemd units that are installed but do not start by themselves */
  disabledUnits: readonly string[]
}

export const DEBIAN_RT: Recipe = { name: 'debian-rt', packages: BASE_PACKAGES, disabledUnits: [] }

/** The same machine with more packages of Debian: `withPackages('tuned', ['tuned'], ['tuned.service'])`. */
export function withPackages(name: string, packages: string[], disabledUnits: string[] = []): Recipe {
  return { name, packages: [...BASE_PACKAGES, ...packages], disabledUnits }
}

export const hookPath = (name: 'essential' | 'customize'): string =>
  fileURLToPath(new URL(`../image/${name}.sh`, import.meta.url))

/** Name of the cached disk: everything that shapes it is in the hash, except the versions that the mirror has today. */
export function cacheKey(recipe: Recipe): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([RELEASE, DISK_BYTES, PARTITION_OFFSET_BYTES, recipe]))
  for (const hook of ['essential', 'customize'] as const) hash.update(readFileSync(hookPath(hook)))
  return `${recipe.name}-${hash.digest('hex').slice(0, 12)}`
}
