import type { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import { CPU } from './cpu-devices.ts'
import type { Machine } from './kind.ts'
import { alternatives, liveSetting, optionOf, unquoted, unsupportedSetting } from './section.ts'

/** Words for MSR_IA32_ENERGY_PERF_BIAS (arch/x86/kernel/cpu/intel_epb.c); the file shows the number. */
const BIAS: Readonly<Record<string, string>> = {
  performance: '0',
  'balance-performance': '4',
  normal: '6',
  'balance-power': '8',
  power: '15',
  powersave: '15',
}

/** `energy_perf_bias` of each chosen CPU: a word or 0 to 15. */
export function biasSettings(unit: Unit, cpus: CpuSet, { ports: { root } }: Machine): Setting[] {
  const option = optionOf(unit, 'energy_perf_bias')
  if (option === undefined) return []
  const want = alternatives(option)
    .map((word) => BIAS[word] ?? (/^(?:\d|1[0-5])$/.test(word) ? word : undefined))
    .find((value) => value !== undefined)
  if (want === undefined) {
    throw new InputError({
      code: 'bad-energy-perf-bias',
      message: `'${option.value}' is no energy performance bias`,
      place: option.place,
      next: `Write one of ${Object.keys(BIAS).join(', ')}, or 0 to 15.`,
    })
  }
  const paths = cpus.cpus.map((cpu) => `${CPU}/cpu${cpu}/power/energy_perf_bias`)
  if (paths.some((path) => root.exists(path)))
    return paths.map((path) => liveSetting(unit, path, want, 'number'))
  const reason = 'these CPUs have no energy performance bias (Intel only, and hidden by most hypervisors)'
  return [{ ...unsupportedSetting(unit, `${CPU}/cpu*/power/energy_perf_bias`, option.value, reason) }]
}

/** `pm_qos_resume_latency_us` of each chosen CPU: `n/a` allows no C-state, 0 all, N those that wake within N µs. */
export function resumeLatencySettings(unit: Unit, cpus: CpuSet, { ports: { root } }: Machine): Setting[] {
  const option = optionOf(unit, 'pm_qos_resume_latency_us')
  if (option === undefined) return []
  const want = unquoted(option.value)
  if (!/^(?:n\/a|\d+)$/.test(want)) {
    throw new InputError({
      code: 'bad-resume-latency',
      message: `pm_qos_resume_latency_us=${want} is neither n/a nor a number of microseconds`,
      place: option.place,
      next: 'Write n/a for no C-state, 0 for all of them, or a number.',
    })
  }
  const paths = cpus.cpus.map((cpu) => `${CPU}/cpu${cpu}/power/pm_qos_resume_latency_us`)
  if (paths.some((path) => root.exists(path)))
    return paths.map((path) => liveSetting(unit, path, want, 'text'))
  const reason = 'this kernel has no latency limit for each CPU'
  return [unsupportedSetting(unit, `${CPU}/cpu*/power/pm_qos_resume_latency_us`, want, reason)]
}
