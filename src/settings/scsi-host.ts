import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { liveSetting, optionOf, optionWarnings, unquoted, unsupportedSetting } from './section.ts'

const HOSTS = '/sys/class/scsi_host'

/**
 * `[scsi_host]`: link power management of SATA controllers; `max_performance` avoids the time that a link needs to wake.
 *
 * @example
 * [scsi_host]
 * alpm=max_performance
 */
export const scsiHost: SettingKind = {
  type: 'scsi_host',
  settings(unit, { ports: { root } }) {
    const warnings = [...optionWarnings(unit, ['alpm']), ...udevWarnings(unit)]
    const option = optionOf(unit, 'alpm')
    if (option === undefined) return { settings: [], warnings }
    const want = unquoted(option.value)
    const paths = chosenDevices(unit, root.list(HOSTS))
      .map((host) => `${HOSTS}/${host}/link_power_management_policy`)
      .filter((path) => root.exists(path))
    if (paths.length > 0)
      return { settings: paths.map((path) => liveSetting(unit, path, want, 'text')), warnings }
    const target = `${HOSTS}/*/link_power_management_policy`
    const reason = 'no SATA controller of this machine has link power management'
    return { settings: [unsupportedSetting(unit, target, want, reason)], warnings }
  },
}
