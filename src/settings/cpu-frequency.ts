import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import { CPU, type FrequencyPolicy } from './cpu-devices.ts'
import type { Machine } from './kind.ts'
import { alternatives, bound, flag, liveSetting, optionOf, unsupportedSetting } from './section.ts'

const NO_CPUFREQ =
  'Linux does not choose the frequency of these CPUs (no cpufreq driver; usual in a virtual machine)'

/** `governor=performance|powersave`: the first that each frequency domain offers. */
export function governorSettings(
  unit: Unit,
  policies: readonly FrequencyPolicy[],
  machine: Machine,
): Setting[] {
  return perPolicy(unit, 'governor', policies, (dir, option) =>
    choose(unit, `${dir}/scaling_governor`, `${dir}/scaling_available_governors`, option, machine),
  )
}

/** `energy_performance_preference`: hint of intel_pstate and amd-pstate (Documentation/admin-guide/pm/intel_pstate.rst). */
export function preferenceSettings(
  unit: Unit,
  policies: readonly FrequencyPolicy[],
  machine: Machine,
): Setting[] {
  return perPolicy(unit, 'energy_performance_preference', policies, (dir, option) => {
    const path = `${dir}/energy_performance_preference`
    return choose(unit, path, `${dir}/energy_performance_available_preferences`, option, machine)
  })
}

function perPolicy(
  unit: Unit,
  name: string,
  policies: readonly FrequencyPolicy[],
  make: (dir: string, option: ProfileOption) => Setting,
): Setting[] {
  const option = optionOf(unit, name)
  if (option === undefined) return []
  const wanted = alternatives(option)
  if (policies.length === 0) return [absent(unit, name, `${CPU}/cpufreq`, wanted.join('|'), NO_CPUFREQ)]
  return policies.map(({ dir }) => make(dir, option))
}

function choose(
  unit: Unit,
  path: string,
  available: string,
  option: ProfileOption,
  machine: Machine,
): Setting {
  const wanted = alternatives(option)
  const offered = machine.ports.root.readTextIfThere(available)?.trim().split(/\s+/)
  if (offered === undefined) {
    return unsupportedSetting(
      unit,
      path,
      wanted.join('|'),
      `the frequency driver offers no choice (${available} is not there)`,
    )
  }
  const chosen = wanted.find((one) => offered.includes(one))
  return chosen === undefined
    ? unsupportedSetting(
        unit,
        path,
        wanted.join('|'),
        `the frequency driver offers only ${offered.join(', ')}`,
      )
    : liveSetting(unit, path, chosen, 'text')
}

/** `min_perf_pct`, `max_perf_pct`, `no_turbo` of intel_pstate. */
export function pstateSettings(unit: Unit, machine: Machine): Setting[] {
  return ['min_perf_pct', 'max_perf_pct', 'no_turbo'].flatMap((name) => {
    const option = optionOf(unit, name)
    if (option === undefined) return []
    const path = `${CPU}/intel_pstate/${name}`
    const { want, compare } =
      name === 'no_turbo' ? ({ want: flag(option), compare: 'boolean' } as const) : bound(option)
    return machine.ports.root.exists(path)
      ? [liveSetting(unit, path, want, compare)]
      : [unsupportedSetting(unit, path, want, 'intel_pstate does not drive these CPUs')]
  })
}

/** `boost`: one switch for the machine, or one for each frequency domain (since Linux 6.11). */
export function boostSettings(
  unit: Unit,
  policies: readonly FrequencyPolicy[],
  { ports: { root } }: Machine,
): Setting[] {
  const option = optionOf(unit, 'boost')
  if (option === undefined) return []
  const want = flag(option)
  const all = `${CPU}/cpufreq/boost`
  if (root.exists(all)) return [liveSetting(unit, all, want, 'boolean')]
  const own = policies.map(({ dir }) => `${dir}/boost`).filter((path) => root.exists(path))
  if (own.length > 0) return own.map((path) => liveSetting(unit, path, want, 'boolean'))
  const reason = root.exists(`${CPU}/intel_pstate/no_turbo`)
    ? 'intel_pstate has no boost switch; its no_turbo option is the one'
    : 'this machine has no boost control; its firmware or hypervisor decides'
  return [unsupportedSetting(unit, all, want, reason)]
}

/** `sampling_down_factor` of the ondemand and conservative governors: one for all, or one in each domain. */
export function samplingSettings(
  unit: Unit,
  policies: readonly FrequencyPolicy[],
  { ports: { root } }: Machine,
): Setting[] {
  const option = optionOf(unit, 'sampling_down_factor')
  if (option === undefined) return []
  const { want, compare } = bound(option)
  const files = [`${CPU}/cpufreq`, ...policies.map(({ dir }) => dir)]
    .flatMap((dir) =>
      ['ondemand', 'conservative'].map((governor) => `${dir}/${governor}/sampling_down_factor`),
    )
    .filter((path) => root.exists(path))
  if (files.length > 0) return files.map((path) => liveSetting(unit, path, want, compare))
  return [
    absent(
      unit,
      'sampling_down_factor',
      `${CPU}/cpufreq`,
      want,
      'no CPU has the ondemand or conservative governor',
    ),
  ]
}

/** Several options point at one folder that is not there: the option tells them apart. */
function absent(unit: Unit, name: string, target: string, want: string, reason: string): Setting {
  return { ...unsupportedSetting(unit, target, want, reason), id: `cpu:${name}` }
}
