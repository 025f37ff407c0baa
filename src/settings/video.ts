import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import { bound, liveSetting, optionOf, optionWarnings, unquoted, unsupportedSetting } from './section.ts'

const CARDS = '/sys/class/drm'
const PROFILES = ['default', 'auto', 'low', 'mid', 'high']
const STATES = ['dpm-battery', 'dpm-balanced', 'dpm-performance']

/**
 * `[video]`: power saving of panels (amdgpu) and of Radeon cards.
 *
 * @example
 * [video]
 * panel_power_savings=0
 */
export const video: SettingKind = {
  type: 'video',
  settings(unit, { ports: { root } }) {
    const warnings = [
      ...optionWarnings(unit, ['panel_power_savings', 'radeon_powersave']),
      ...udevWarnings(unit),
    ]
    const cards = chosenDevices(
      unit,
      root.list(CARDS).filter((name) => name.startsWith('card')),
    )
    const [panel, radeon] = [optionOf(unit, 'panel_power_savings'), optionOf(unit, 'radeon_powersave')]
    return {
      settings: [
        ...(panel ? panelSettings(unit, cards, panel, root) : []),
        ...(radeon ? radeonSettings(unit, cards, radeon, root) : []),
      ],
      warnings,
    }
  },
}

/** amdgpu's adaptive backlight (Documentation/gpu/amdgpu): a file in each connector of a panel. */
function panelSettings(unit: Unit, cards: readonly string[], option: ProfileOption, root: Root): Setting[] {
  const { want, compare } = bound(option)
  const paths = cards
    .map((card) => `${CARDS}/${card}/amdgpu/panel_power_savings`)
    .filter((path) => root.exists(path))
  if (paths.length > 0) return paths.map((path) => liveSetting(unit, path, want, compare))
  const target = `${CARDS}/card*/amdgpu/panel_power_savings`
  return [unsupportedSetting(unit, target, want, 'no panel of this machine is driven by amdgpu')]
}

function radeonSettings(unit: Unit, cards: readonly string[], option: ProfileOption, root: Root): Setting[] {
  const wanted = unquoted(option.value)
    .split(/[\s,:;]+/)
    .filter(Boolean)
  const odd = wanted.find((one) => ![...PROFILES, ...STATES, 'dynpm'].includes(one))
  if (odd !== undefined) {
    throw new InputError({
      code: 'bad-radeon-powersave',
      message: `'${odd}' is no power level of Radeon cards`,
      place: option.place,
      next: `Write one of ${[...PROFILES, 'dynpm', ...STATES].join(', ')}.`,
    })
  }
  const radeons = cards.filter((card) => root.exists(`${CARDS}/${card}/device/power_method`))
  if (radeons.length > 0)
    return radeons.flatMap((card) => cardSettings(unit, `${CARDS}/${card}/device`, wanted, root))
  const target = `${CARDS}/card*/device/power_method`
  return [
    unsupportedSetting(
      unit,
      target,
      wanted.join(' '),
      'this machine has no Radeon card of the radeon driver',
    ),
  ]
}

/** The first wish whose file the card has: the method, then the level that belongs to it. */
function cardSettings(unit: Unit, device: string, wanted: readonly string[], root: Root): Setting[] {
  for (const one of wanted) {
    const [method, file, level] = PROFILES.includes(one)
      ? ['profile', 'power_profile', one]
      : one === 'dynpm'
        ? ['dynpm', 'power_method', 'dynpm']
        : ['dpm', 'power_dpm_state', one.slice('dpm-'.length)]
    if (!root.exists(`${device}/${file}`)) continue
    const settings = [liveSetting(unit, `${device}/power_method`, method!, 'text')]
    if (method !== 'dynpm') settings.push(liveSetting(unit, `${device}/${file}`, level!, 'text'))
    return settings
  }
  return [
    unsupportedSetting(
      unit,
      `${device}/power_method`,
      wanted.join(' '),
      'the card offers none of these levels',
    ),
  ]
}
