import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import { parameterPath } from '../knobs/module-parameter.ts'
import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { bound, flag, liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'

/** Sound drivers that can suspend their codec; their names are the section's devices. */
const MODULES = ['snd_hda_intel', 'snd_ac97_codec']

/**
 * `[audio]`: seconds of silence after which a sound codec is suspended; 0 never.
 *
 * @example
 * [audio]
 * timeout=0
 */
export const audio: SettingKind = {
  type: 'audio',
  settings(unit, { ports: { root } }) {
    const warnings = [...optionWarnings(unit, ['timeout', 'reset_controller']), ...udevWarnings(unit)]
    const [timeout, reset] = [optionOf(unit, 'timeout'), optionOf(unit, 'reset_controller')]
    return {
      settings: [
        ...(timeout ? parameter(unit, 'power_save', bound(timeout).want, 'number', root) : []),
        ...(reset ? parameter(unit, 'power_save_controller', flag(reset), 'boolean', root) : []),
      ],
      warnings,
    }
  },
}

function parameter(
  unit: Unit,
  name: string,
  want: string,
  compare: 'number' | 'boolean',
  root: Root,
): Setting[] {
  const paths = chosenDevices(unit, MODULES)
    .map((module) => parameterPath({ module, parameter: name }))
    .filter((path) => root.exists(path))
  if (paths.length > 0) return paths.map((path) => liveSetting(unit, path, want, compare))
  const target = parameterPath({ module: 'snd_*', parameter: name })
  return [
    unsupportedSetting(unit, target, want, `no sound driver with ${name} is loaded (${MODULES.join(', ')})`),
  ]
}
