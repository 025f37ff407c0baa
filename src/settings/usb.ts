import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { bound, flag, liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const DEVICES = '/sys/bus/usb/devices'

/**
 * `[usb]`: seconds of idleness after which a USB device may be suspended: 0 is at once, a negative number never
 * (Documentation/driver-api/usb/power-management.rst).
 *
 * @example
 * [usb]
 * autosuspend=-1
 */
export const usb: SettingKind = {
  type: 'usb',
  settings(unit, { ports: { root } }) {
    const warnings = [...optionWarnings(unit, ['autosuspend']), ...udevWarnings(unit)]
    const option = optionOf(unit, 'autosuspend')
    if (option === undefined) return { settings: [], warnings }
    const want = /^-?\d+$/.test(option.value.trim()) ? bound(option).want : flag(option)
    // Names with a colon are interfaces of a device, which have no such file.
    const paths = chosenDevices(
      unit,
      root.list(DEVICES).filter((name) => !name.includes(':')),
    )
      .map((device) => `${DEVICES}/${device}/power/autosuspend`)
      .filter((path) => root.exists(path))
    if (paths.length > 0)
      return { settings: paths.map((path) => liveSetting(unit, path, want, 'number')), warnings }
    const reason = 'this machine has no USB device that could be suspended'
    return { settings: [unsupportedSetting(unit, `${DEVICES}/*/power/autosuspend`, want, reason)], warnings }
  },
}
