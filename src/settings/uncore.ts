import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { bound, liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const FOLDER = '/sys/devices/system/cpu/intel_uncore_frequency'
const OPTIONS = ['max_freq_khz', 'min_freq_khz']

/**
 * `[uncore]`: bounds on the frequency of Intel's uncore (mesh, caches, memory controllers), kHz
 * (Documentation/admin-guide/pm/intel_uncore_frequency_scaling.rst).
 *
 * @example
 * [uncore]
 * min_freq_khz=2400000
 */
export const uncore: SettingKind = {
  type: 'uncore',
  settings(unit, { ports: { root } }) {
    const devices = chosenDevices(unit, root.list(FOLDER))
    const settings = OPTIONS.flatMap((name) => {
      const option = optionOf(unit, name)
      if (option === undefined) return []
      const { want, compare } = bound(option)
      const paths = devices.map((device) => `${FOLDER}/${device}/${name}`).filter((path) => root.exists(path))
      if (paths.length > 0) return paths.map((path) => liveSetting(unit, path, want, compare))
      const reason =
        'this machine has no control of the uncore frequency (Intel servers with intel_uncore_frequency)'
      return [unsupportedSetting(unit, `${FOLDER}/*/${name}`, want, reason)]
    })
    return { settings, warnings: [...optionWarnings(unit, OPTIONS), ...udevWarnings(unit)] }
  },
}
