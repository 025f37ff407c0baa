import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Machine, SettingKind } from './kind.ts'
import { liveSetting, optionOf, optionWarnings, unquoted, unsupportedSetting } from './section.ts'

const THP = '/sys/kernel/mm/transparent_hugepage'
/** Option to file; the second name is TuneD's older one. */
const THP_FILES: Readonly<Record<string, string>> = {
  transparent_hugepages: `${THP}/enabled`,
  transparent_hugepage: `${THP}/enabled`,
  'transparent_hugepage.defrag': `${THP}/defrag`,
}
const LIMITS = ['dirty_bytes', 'dirty_ratio', 'dirty_background_bytes', 'dirty_background_ratio']

/**
 * `[vm]`: transparent huge pages, and how much dirty memory may gather (bytes, or `N%` of what can be had).
 *
 * @example
 * [vm]
 * transparent_hugepages=never
 * dirty_bytes=10%
 */
export const vm: SettingKind = {
  type: 'vm',
  settings(unit, machine) {
    const warnings = [
      ...optionWarnings(unit, [...Object.keys(THP_FILES), ...LIMITS]),
      ...bootWarnings(unit, machine),
    ]
    const pages = new Map(
      Object.entries(THP_FILES).flatMap(([name, path]) => {
        const option = optionOf(unit, name)
        return option === undefined ? [] : [[path, pageSetting(unit, path, option, machine)] as const]
      }),
    )
    const limits = new Map<string, Setting>()
    for (const [name, option] of unit.options) {
      if (!LIMITS.includes(name) || option.value.trim() === '') continue
      const setting = limitSetting(unit, name, option)
      limits.set(setting.id, setting)
    }
    return { settings: [...pages.values(), ...limits.values()], warnings }
  },
}

function pageSetting(unit: Unit, path: string, option: ProfileOption, { ports }: Machine): Setting {
  const want = unquoted(option.value)
  const text = ports.root.readTextIfThere(path)
  if (text === undefined) {
    return unsupportedSetting(unit, path, want, 'this kernel is built without transparent huge pages')
  }
  return liveSetting(unit, path, want, 'bracketed')
}

/** `dirty_bytes=10%` means dirty_ratio=10: TuneD has only the first name, the kernel two files for one limit. */
function limitSetting(unit: Unit, name: string, { value, place }: ProfileOption): Setting {
  const match = /^(\d+)(%?)$/.exec(unquoted(value))
  if (!match) {
    throw new InputError({
      code: 'bad-dirty-limit',
      message: `${name}=${value} is neither a number of bytes nor a percentage`,
      place,
      next: `Write ${name}=10% or a number without a unit.`,
    })
  }
  const stem = name.replace(/_(?:bytes|ratio)$/, '')
  const face = match[2] === '%' || name.endsWith('_ratio') ? 'ratio' : 'bytes'
  const path = `/proc/sys/vm/${stem}_${face}`
  const counterpart = `/proc/sys/vm/${stem}_${face === 'ratio' ? 'bytes' : 'ratio'}`
  return {
    ...liveSetting(unit, path, match[1]!, 'number'),
    id: `vm:${stem}`,
    knob: { knob: 'dirty-limit', path, counterpart },
  }
}

/** Said, not silently skipped: what the administrator gave at boot and what the profile gives now. */
function bootWarnings(unit: Unit, { facts }: Machine): Warning[] {
  const option = optionOf(unit, 'transparent_hugepages') ?? optionOf(unit, 'transparent_hugepage')
  const atBoot = /(?:^|\s)transparent_hugepage=(\S+)/.exec(facts.cmdline)?.[1]
  if (option === undefined || atBoot === undefined || atBoot === unquoted(option.value)) return []
  return [
    {
      code: 'transparent-hugepage-conflict',
      message: `the kernel command line has transparent_hugepage=${atBoot} (/proc/cmdline), [${unit.name}] sets ${option.value} for now; the next boot starts with ${atBoot} again`,
      place: option.place,
    },
  ]
}
