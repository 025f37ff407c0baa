import type { SettingKind } from './kind.ts'
import { alternatives, liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const PROFILE = '/sys/firmware/acpi/platform_profile'

/**
 * `[acpi]`: the firmware's platform profile (Documentation/userspace-api/sysfs-platform_profile.rst).
 *
 * @example
 * [acpi]
 * platform_profile=performance
 */
export const acpi: SettingKind = {
  type: 'acpi',
  settings(unit, { ports: { root } }) {
    const warnings = optionWarnings(unit, ['platform_profile'])
    const option = optionOf(unit, 'platform_profile')
    if (option === undefined) return { settings: [], warnings }
    const wanted = alternatives(option)
    const choices = root.readTextIfThere(`${PROFILE}_choices`)?.trim().split(/\s+/)
    if (choices === undefined) {
      const reason = `the firmware of this machine offers no platform profile (${PROFILE} is not there)`
      return { settings: [unsupportedSetting(unit, PROFILE, wanted.join('|'), reason)], warnings }
    }
    const chosen = wanted.find((one) => choices.includes(one))
    if (chosen !== undefined) return { settings: [liveSetting(unit, PROFILE, chosen, 'text')], warnings }
    const reason = `the firmware offers only ${choices.join(', ')}`
    return { settings: [unsupportedSetting(unit, PROFILE, wanted.join('|'), reason)], warnings }
  },
}
