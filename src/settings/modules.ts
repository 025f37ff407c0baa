import { InputError } from '../core/errors.ts'
import type { ProfileOption } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { SettingKind } from './kind.ts'
import { type ModuleWish, moduleSettings, unitFile } from './modprobe.ts'
import { modprobeConflicts } from './modprobe-conflicts.ts'
import { unquoted } from './section.ts'

const NAME = /^[A-Za-z0-9_-]+$/
const RELOAD = /^\+r\s*,?\s*/

/**
 * `[modules]`: parameters of kernel modules, in /etc/modprobe.d/quietcore-modules.conf for the next load and live where
 * the module allows it.
 *
 * @example
 * [modules]
 * nvme_core=io_timeout=4294967295 max_retries=10
 */
export const modules: SettingKind = {
  type: 'modules',
  settings(unit, { ports: { root } }) {
    const warnings: Warning[] = []
    const wishes = [...unit.options].flatMap(([module, option]) => {
      const text = unquoted(option.value)
      if (RELOAD.test(text)) warnings.push(noReload(module, option))
      return wishesOf(module, text.replace(RELOAD, ''), option)
    })
    const file = unitFile('quietcore-modules', unit)
    return {
      settings: moduleSettings(unit, file, wishes, root),
      warnings: [...warnings, ...modprobeConflicts(file, wishes, root)],
    }
  },
}

function wishesOf(module: string, text: string, option: ProfileOption): ModuleWish[] {
  if (!NAME.test(module)) throw bad(`'${module}' is no name of a module`, option)
  // `nested=1, ple_gap=0`: the kernel would refuse the number `1,`, and with it the whole module
  const words = text.split(/,*\s+|,+$/).filter(Boolean)
  return words.map((word) => {
    const equals = word.indexOf('=')
    const parameter = word.slice(0, equals)
    if (equals < 1 || !NAME.test(parameter)) throw bad(`'${word}' is not PARAMETER=VALUE`, option)
    return { module, parameter, value: word.slice(equals + 1) }
  })
}

function bad(message: string, { place }: ProfileOption): InputError {
  return new InputError({
    code: 'bad-module-parameter',
    message,
    place,
    next: 'Write MODULE=PARAMETER=VALUE PARAMETER=VALUE.',
  })
}

/** Taking a module out under the devices that use it cannot be undone, so it is left to the operator. */
function noReload(module: string, { place }: ProfileOption): Warning {
  return {
    code: 'module-not-reloaded',
    message: `the module ${module} is not reloaded (+r): quietcore never unloads a driver; what cannot be set live comes with its next load`,
    place,
  }
}
