import { cpusOfUnit, policiesOf } from './cpu-devices.ts'
import { latencySettings } from './cpu-dma-latency.ts'
import {
  boostSettings,
  governorSettings,
  preferenceSettings,
  pstateSettings,
  samplingSettings,
} from './cpu-frequency.ts'
import { biasSettings, resumeLatencySettings } from './cpu-power.ts'
import { udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { optionWarnings } from './section.ts'

export { wantedDmaLatencyUs } from './cpu-dma-latency.ts'

const OPTIONS = [
  'force_latency',
  'governor',
  'energy_perf_bias',
  'energy_performance_preference',
  'min_perf_pct',
  'max_perf_pct',
  'no_turbo',
  'boost',
  'sampling_down_factor',
  'pm_qos_resume_latency_us',
]
const DYNAMIC = 'quietcore sets a fixed limit (force_latency) and does not follow the load'

/**
 * `[cpu]`: frequency, energy hints and C-states of the online CPUs that `devices=` chooses.
 *
 * @example
 * [cpu]
 * force_latency=cstate.id_no_zero:1|3
 * governor=performance
 */
export const cpu: SettingKind = {
  type: 'cpu',
  settings(unit, machine) {
    const cpus = cpusOfUnit(unit, machine)
    const policies = policiesOf(cpus, machine)
    const latency = latencySettings(unit, machine)
    return {
      settings: [
        ...latency.settings,
        ...governorSettings(unit, policies, machine),
        ...preferenceSettings(unit, policies, machine),
        ...biasSettings(unit, cpus, machine),
        ...pstateSettings(unit, machine),
        ...boostSettings(unit, policies, machine),
        ...samplingSettings(unit, policies, machine),
        ...resumeLatencySettings(unit, cpus, machine),
      ],
      warnings: [
        ...optionWarnings(unit, OPTIONS, {
          load_threshold: DYNAMIC,
          latency_low: DYNAMIC,
          latency_high: DYNAMIC,
        }),
        ...udevWarnings(unit),
        ...latency.warnings,
      ],
    }
  },
}
