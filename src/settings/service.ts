import { posix } from 'node:path'
import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import type { SettingKind } from './kind.ts'
import { optionWarnings, unquoted } from './section.ts'

const PREFIX = 'service.'
/** Types of units (systemd.unit(5)); a name without one is a service's. */
const UNIT_SUFFIX = /\.(?:service|socket|timer|target|path|mount|automount|swap|slice|scope|device)$/
const WISHES: Readonly<Record<string, { aspect: 'active' | 'enabled'; want: string }>> = {
  start: { aspect: 'active', want: 'active' },
  stop: { aspect: 'active', want: 'inactive' },
  enable: { aspect: 'enabled', want: 'enabled' },
  disable: { aspect: 'enabled', want: 'disabled' },
}

/**
 * `[service]`: systemd units that run or not, now and at boot, with a drop-in of their own if `file:` names one.
 *
 * @example
 * [service]
 * service.ksmtuned=stop,disable
 */
export const service: SettingKind = {
  type: 'service',
  settings(unit, { ports: { root } }) {
    const services = [...unit.options].filter(
      ([name]) => name.startsWith(PREFIX) && name.length > PREFIX.length,
    )
    const warnings = optionWarnings(
      unit,
      services.map(([name]) => name),
    )
    const settings = services.flatMap(([name, option]) =>
      serviceSettings(unit, name.slice(PREFIX.length), option, root),
    )
    return { settings, warnings }
  },
}

/** The drop-in first, so that a start reads it; of two words for one aspect the last counts. */
function serviceSettings(unit: Unit, name: string, option: ProfileOption, root: Root): Setting[] {
  const systemdUnit = UNIT_SUFFIX.test(name) ? name : `${name}.service`
  const settings = new Map<string, Setting>()
  for (const word of unquoted(option.value)
    .split(/\s*[,;]\s*/)
    .filter(Boolean)) {
    const setting = word.startsWith('file:')
      ? dropIn(unit, systemdUnit, word.slice('file:'.length), option, root)
      : unitSetting(unit, systemdUnit, word, option)
    settings.delete(setting.id)
    settings.set(setting.id, setting)
  }
  return [...settings.values()].sort((a, b) => rank(a) - rank(b))
}

function rank({ knob }: Setting): number {
  return knob.knob === 'disk-file' ? 0 : knob.aspect === 'enabled' ? 1 : 2
}

function unitSetting(unit: Unit, systemdUnit: string, word: string, { place }: ProfileOption): Setting {
  const wish = WISHES[word]
  if (wish === undefined) {
    throw new InputError({
      code: 'bad-service-option',
      message: `'${word}' is nothing that can be done to ${systemdUnit}`,
      place,
      next: 'Write start, stop, enable, disable or file:PATH, split by commas.',
    })
  }
  return {
    id: `service:${systemdUnit}:${wish.aspect}`,
    section: unit.name,
    target: systemdUnit,
    want: wish.want,
    effect: 'now',
    compare: 'text',
    knob: { knob: 'systemd-unit', unit: systemdUnit, aspect: wish.aspect },
  }
}

function dropIn(
  unit: Unit,
  systemdUnit: string,
  source: string,
  { place }: ProfileOption,
  root: Root,
): Setting {
  const text = root.readTextIfThere(source)
  if (text === undefined) {
    throw new InputError({
      code: 'no-such-drop-in',
      message: `the drop-in ${source} for ${systemdUnit} is not there`,
      place,
      next: 'Put the file beside the profile and name it by ${i:PROFILE_DIR}/FILE.',
    })
  }
  const path = `/etc/systemd/system/${systemdUnit}.d/${posix.basename(source)}`
  return {
    id: `service:${path}`,
    section: unit.name,
    target: path,
    want: text,
    effect: 'now',
    compare: 'bytes',
    knob: { knob: 'disk-file', path, restart: systemdUnit },
  }
}
