import type { SettingKind } from './kind.ts'
import { unsupportedSetting } from './section.ts'

/**
 * Types of TuneD that quietcore knows and does not do, each with the reason: the profile loads, and the plan shows them
 * as unsupported.
 */
const NOT_DONE: Readonly<Record<string, string>> = {
  rtentsk:
    'a process would have to hold a socket with time stamps open, so that the kernel does not patch its code (a static key) and interrupt all CPUs when another program opens the first one; quietcore does not hold one',
  mounts:
    'switching write barriers off risks the file system at a power cut and does nothing for CPU latency',
  eeepc_she: 'it follows the load of netbooks from 2009; quietcore sets fixed values only',
}

export const notDone: readonly SettingKind[] = Object.entries(NOT_DONE).map(([type, reason]) => ({
  type,
  settings(unit) {
    const want = [...unit.options].map(([name, { value }]) => `${name}=${value}`).join(' ') || type
    return { settings: [unsupportedSetting(unit, `[${unit.name}]`, want, reason)], warnings: [] }
  },
}))
