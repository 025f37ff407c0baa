import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'
import { UNCORE_OPTIONS, uncoreValue } from './uncore-value.ts'

const FOLDER = '/sys/devices/system/cpu/intel_uncore_frequency'
const NO_CONTROL =
  'this machine has no control of the uncore frequency (Intel servers with intel_uncore_frequency)'

/**
 * `[uncore]`: bounds on the frequency of Intel's uncore (mesh, caches, memory controllers), kHz or per cent of the
 * device's range, and its efficiency latency control
 * (Documentation/admin-guide/pm/intel_uncore_frequency_scaling.rst).
 *
 * @example
 * [uncore]
 * min_freq_khz=2400000
 * max_freq_khz=90%
 */
export const uncore: SettingKind = {
  type: 'uncore',
  settings(unit, { ports: { root } }) {
    const devices = chosenDevices(unit, uncoreDevices(root))
    const settings = UNCORE_OPTIONS.flatMap((name) => {
      const option = optionOf(unit, name)
      return option === undefined ? [] : optionSettings(unit, name, option, devices, root)
    })
    return { settings, warnings: [...optionWarnings(unit, UNCORE_OPTIONS), ...udevWarnings(unit)] }
  },
}

function optionSettings(
  unit: Unit,
  name: string,
  option: ProfileOption,
  devices: readonly string[],
  root: Root,
): Setting[] {
  const value = uncoreValue(name, option)
  const having = devices.filter((device) => root.exists(`${FOLDER}/${device}/${name}`))
  if (having.length === 0) return [unsupportedSetting(unit, `${FOLDER}/*/${name}`, value.shown, NO_CONTROL)]
  return having.map((device) => {
    const path = `${FOLDER}/${device}/${name}`
    const want = value.on(rangeOf(device, root))
    if (want !== undefined) return liveSetting(unit, path, want, value.compare)
    const reason = `${FOLDER}/${device} does not say its range (initial_min_freq_khz, initial_max_freq_khz), so ${value.shown} of it is unknown`
    return unsupportedSetting(unit, path, value.shown, reason)
  })
}

/** Where the driver has a device for each cluster, those of whole packages are sums of them and left alone. */
function uncoreDevices(root: Root): string[] {
  const all = root.list(FOLDER)
  const clusters = all.filter((name) => name.startsWith('uncore'))
  return clusters.length > 0 ? clusters : [...all]
}

function rangeOf(device: string, root: Root): { minKhz: number; maxKhz: number } | undefined {
  const read = (name: string) => root.readTextIfThere(`${FOLDER}/${device}/${name}`)?.trim() ?? ''
  const [min, max] = [read('initial_min_freq_khz'), read('initial_max_freq_khz')]
  return /^\d+$/.test(min) && /^\d+$/.test(max) ? { minKhz: Number(min), maxKhz: Number(max) } : undefined
}
