import type { SettingKind } from './kind.ts'
import { bound, liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const THRESHOLD = '/sys/fs/selinux/avc/cache_threshold'

/**
 * `[selinux]`: how many decisions of SELinux the kernel keeps at hand.
 *
 * @example
 * [selinux]
 * avc_cache_threshold=8192
 */
export const selinux: SettingKind = {
  type: 'selinux',
  settings(unit, { ports: { root } }) {
    const warnings = optionWarnings(unit, ['avc_cache_threshold'])
    const option = optionOf(unit, 'avc_cache_threshold')
    if (option === undefined) return { settings: [], warnings }
    const { want, compare } = bound(option)
    const setting = root.exists(THRESHOLD)
      ? liveSetting(unit, THRESHOLD, want, compare)
      : unsupportedSetting(unit, THRESHOLD, want, 'SELinux is not in use on this machine')
    return { settings: [setting], warnings }
  },
}
