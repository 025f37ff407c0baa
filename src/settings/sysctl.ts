import { formatPlace } from '../core/errors.ts'
import { type Comparison, matches } from '../core/plan/compare.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import type { SettingKind } from './kind.ts'
import { bound, liveSetting, unquoted } from './section.ts'
import { type SysctlOrigin, sysctlFiles } from './sysctl-files.ts'
import { sysctlPath } from './sysctl-key.ts'

/** Files that show CPUs; all others are words and vectors of numbers. */
const CPU_FILES: Readonly<Record<string, Comparison>> = {
  '/proc/sys/kernel/watchdog_cpumask': 'cpulist',
  '/proc/sys/net/core/flow_limit_cpu_bitmap': 'cpumask',
  '/proc/sys/net/core/rps_default_mask': 'cpumask',
}

/** Why a sysctl that profiles ask for is often not there. */
const MISSING: readonly [RegExp, string][] = [
  [
    /^kernel\/sched_/,
    'Linux 5.13 moved the knobs of the scheduler to /sys/kernel/debug/sched; later kernels dropped some',
  ],
  [/^net\/(?:netfilter|nf_conntrack|bridge)/, 'its module is not loaded'],
  [/^kernel\/(?:nmi_)?watchdog/, 'this kernel or hypervisor has no lockup detector'],
  [/^kernel\/numa_balancing/, 'this kernel has no NUMA balancing'],
  [/^net\/core\/busy_/, 'this kernel is built without busy polling'],
]

/**
 * `[sysctl]`: any kernel parameter of /proc/sys, now (at boot quietcore.service sets it again). `>N` raises only,
 * `<N` lowers only.
 *
 * @example
 * [sysctl]
 * kernel.timer_migration=0
 * net.core.somaxconn=>2048
 */
export const sysctl: SettingKind = {
  type: 'sysctl',
  settings(unit, { ports: { root } }) {
    const files = sysctlFiles(root)
    const settings: Setting[] = []
    const warnings: Warning[] = []
    for (const [key, option] of unit.options) {
      const setting = sysctlSetting(unit, key, option, root)
      settings.push(setting)
      warnings.push(...conflicts(key, setting, option, files.get(setting.target)))
    }
    return { settings, warnings }
  },
}

function sysctlSetting(unit: Unit, key: string, option: ProfileOption, root: Root): Setting {
  const path = sysctlPath(key)
  const { want, compare } = wish(path, option)
  const setting = { ...liveSetting(unit, path, want, compare), id: `sysctl:${key}` }
  return root.exists(path) ? setting : { ...setting, unsupported: whyMissing(path) }
}

function wish(path: string, option: ProfileOption): { want: string; compare: Comparison } {
  const value = unquoted(option.value)
  if (/^[<>]/.test(value)) return bound(option)
  return { want: value, compare: CPU_FILES[path] ?? 'text' }
}

function whyMissing(path: string): string {
  const name = path.slice('/proc/sys/'.length)
  const known = MISSING.find(([pattern]) => pattern.test(name))?.[1]
  return known === undefined ? `${path} is not on this machine` : `${path} is not on this machine: ${known}`
}

/** The administrator's own value, which the next boot or `sysctl --system` brings back over the profile's. */
function conflicts(
  key: string,
  setting: Setting,
  { place }: ProfileOption,
  origin?: SysctlOrigin,
): Warning[] {
  if (origin === undefined || matches(setting.compare, setting.want, origin.value)) return []
  const message = `${key} is ${origin.value} in ${formatPlace(origin.place)} and ${setting.want} in the profile (${formatPlace(place)}); the profile's value is in force from apply on, until \`sysctl --system\` or a service reads that file again`
  return [{ code: 'sysctl-conflict', message, place: origin.place }]
}
