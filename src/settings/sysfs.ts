import { posix } from 'node:path'
import { InputError } from '../core/errors.ts'
import type { Comparison } from '../core/plan/compare.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import type { SettingKind } from './kind.ts'
import { parameterComparison } from './parameter-comparison.ts'
import { bound, liveSetting, unquoted, unsupportedSetting } from './section.ts'

/** Names under which sysfs shows CPU masks (hexadecimal groups) and cpulists. */
const MASKS = new Set(['cpumask', 'cpumask_requested', 'rps_cpus', 'xps_cpus', 'smp_affinity', 'core_cpus'])
const LISTS = new Set(['cpulist', 'smp_affinity_list', 'cpuset.cpus'])

/**
 * `[sysfs]`: any file of /sys. A pattern gives one setting for each file that it matches.
 *
 * @example
 * [sysfs]
 * /sys/devices/system/machinecheck/machinecheck*\/ignore_ce=1
 */
export const sysfs: SettingKind = {
  type: 'sysfs',
  settings(unit, { ports: { root } }) {
    const byFile = new Map<string, Setting>()
    const settings: Setting[] = []
    for (const [pattern, option] of unit.options) {
      const paths = root.glob(checked(pattern, option))
      if (paths.length === 0) settings.push(nothing(unit, pattern, option))
      for (const path of paths) {
        const setting = fileSetting(unit, path, option, root)
        // /sys/bus and /sys/class are links to the same files: the later wish for a file wins, as when written in turn.
        byFile.set(realFile(path, root), setting)
      }
    }
    return { settings: [...byFile.values(), ...settings], warnings: [] }
  },
}

function fileSetting(unit: Unit, path: string, option: ProfileOption, root: Root): Setting {
  const value = unquoted(option.value)
  if (/^[<>]/.test(value)) {
    const { want, compare } = bound(option)
    return liveSetting(unit, path, want, compare)
  }
  return liveSetting(unit, path, value, comparisonOf(path, value, root))
}

function comparisonOf(path: string, want: string, root: Root): Comparison {
  const name = posix.basename(path)
  if (MASKS.has(name)) return 'cpumask'
  if (LISTS.has(name)) return 'cpulist'
  if (/^\/sys\/module\/[^/]+\/parameters\//.test(path)) return parameterComparison(shown(path, root), want)
  return 'bracketed'
}

function shown(path: string, root: Root): string {
  try {
    return root.readTextIfThere(path) ?? ''
  } catch {
    // A file that cannot be read is said so when the plan looks at it.
    return ''
  }
}

function realFile(path: string, root: Root): string {
  return /^\/sys\/(?:bus|class|block)\//.test(path) ? (root.realPath(path) ?? path) : path
}

function checked(pattern: string, { place }: ProfileOption): string {
  const path = posix.normalize(pattern)
  if (path.startsWith('/sys/')) return path
  throw new InputError({
    code: 'sysfs-outside-sys',
    message: `'${pattern}' is no file of /sys`,
    place,
    next: 'Use [sysctl] for /proc/sys, or a [script] for anything else.',
  })
}

function nothing(unit: Unit, pattern: string, { value }: ProfileOption): Setting {
  const reason = /[*?[]/.test(pattern)
    ? 'no file of this machine matches'
    : `${pattern} is not on this machine`
  return unsupportedSetting(unit, pattern, value, reason)
}
