import type { BootLoader } from '../boot/loader.ts'
import { compactCommandLine } from '../core/cmdline/compact.ts'
import { type CmdlineConflict, conflicts, type PlacedParameter } from '../core/cmdline/conflicts.ts'
import { tooLong } from '../core/cmdline/length.ts'
import { missingFrom } from '../core/cmdline/merge.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'
import { pendingCmdline } from '../core/cmdline/pending.ts'
import { parseUnits } from '../core/cmdline/units.ts'
import { formatPlace } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import { unitCommandLine } from '../core/profile/bootloader-line.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import { lookedAtSettings } from './bootloader-looked-at.ts'
import type { Machine, SettingKind } from './kind.ts'

export const CARRIER = 'bootloader:parameters'

/** Options of TuneD's plugin that quietcore does not have, and why. */
const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  skip_grub_config: 'quietcore always sets the boot loader of this machine, or says that it knows none',
  initrd_add_img:
    'an early image that only GRUB would load; put the file into the initramfs by dracut or initramfs-tools',
  initrd_add_dir:
    'an early image that only GRUB would load; put the files into the initramfs by dracut or initramfs-tools',
  initrd_dst_img: 'there is no early image whose name it could give',
  initrd_remove_dir: 'there is no early image whose folder could be removed',
  grub2_cfg_file: "quietcore finds the boot loader's files by itself",
}

/**
 * `[bootloader]`: the kernel parameters of the next boot.
 *
 * @example
 * [bootloader]
 * cmdline_realtime=+isolcpus=managed_irq,domain,${isolated_cores} nohz_full=${isolated_cores}
 *
 * One setting carries the parameters (the boot loader's file); one for each parameter looks at the running kernel, and
 * two at what the kernel made of them.
 */
export const bootloader: SettingKind = {
  type: 'bootloader',
  settings(unit, machine) {
    const wanted = compactCommandLine(unitCommandLine(unit))
    const warnings = optionWarnings(unit)
    if (wanted === '') return { settings: [], warnings }
    const { loader } = machine
    if (!loader) {
      const settings = [withoutLoader(unit, wanted), ...lookedAtSettings(unit, wanted, machine, CARRIER)]
      return { settings, warnings: [...warnings, noBootLoader(unit)] }
    }
    const administrator = loader.administrator(machine.ports)
    const carried = missingFrom(administrator.map(({ parameter }) => parameter).join(' '), wanted)
    return {
      settings: [
        carrier(unit, loader, carried, machine),
        ...lookedAtSettings(unit, wanted, machine, CARRIER),
      ],
      warnings: [
        ...warnings,
        ...conflicts(administrator, placed(unit, wanted)).map(conflictWarning),
        ...sizelessPages(unit, administrator, carried),
        ...lengthWarning(administrator, carried, loader, machine),
        ...(loader.warnings?.(machine.ports) ?? []),
      ],
    }
  },
}

function carrier(unit: Unit, loader: BootLoader, carried: string, { ports }: Machine): Setting {
  return {
    id: CARRIER,
    section: unit.name,
    target: loader.touches(ports)[0] ?? loader.name,
    want: carried,
    effect: 'reboot',
    knob: { knob: 'boot-parameters', loader: loader.name },
    compare: 'text',
  }
}

function withoutLoader(unit: Unit, wanted: string): Setting {
  return {
    id: CARRIER,
    section: unit.name,
    target: 'boot loader',
    want: wanted,
    effect: 'reboot',
    knob: { knob: 'boot-parameters', loader: '' },
    compare: 'text',
    unsupported: 'no boot loader that quietcore knows was found; set these kernel parameters by hand',
  }
}

function noBootLoader({ place }: Unit): Warning {
  const message =
    'no boot loader that quietcore knows was found (GRUB, boot loader entries, rpm-ostree, kernel-install): the kernel parameters will not be set'
  return { code: 'no-boot-loader', message, place }
}

function optionWarnings({ options }: Unit): Warning[] {
  return [...options].flatMap(([name, { value, place }]) => {
    const reason = Object.hasOwn(NOT_SUPPORTED, name) ? NOT_SUPPORTED[name] : undefined
    if (reason === undefined || value === '') return []
    return [{ code: 'not-supported', message: `${name} is not supported: ${reason}`, place }]
  })
}

/** Each wanted parameter with the line of the profile that gives it, where it can be told. */
function placed(unit: Unit, wanted: string): PlacedParameter[] {
  const lines = [...unit.options].filter(([name]) => name.startsWith('cmdline')).map(([, option]) => option)
  return parameterTexts(wanted).map((parameter) => {
    const name = parameter.split('=')[0]!
    const line =
      lines.find(({ value }) => value.includes(parameter)) ?? lines.find(({ value }) => value.includes(name))
    return { parameter, place: line?.place ?? unit.place }
  })
}

function conflictWarning({ key, administrator, ours, repeated }: CmdlineConflict): Warning {
  const effect =
    repeated === 'first-wins'
      ? `the kernel keeps the first one, ${administrator.parameter}: remove it to have the profile's`
      : `the kernel takes the last one, ${ours.parameter}`
  const name = key.split('@')[0]
  return {
    code: 'cmdline-conflict',
    message: `${name} is set twice: '${administrator.parameter}' in ${formatPlace(administrator.place)} and '${ours.parameter}' in ${formatPlace(ours.place)}; ${effect}`,
    place: administrator.place,
  }
}

/** Ours stand last on the line, so a count without a page size would count for the administrator's. */
function sizelessPages(unit: Unit, administrator: readonly PlacedParameter[], carried: string): Warning[] {
  const size = administrator.findLast(({ parameter }) => parameter.startsWith('hugepagesz='))
  const count = parseUnits(carried).find(({ key }) => key === 'hugepages@default')
  if (!size || !count) return []
  const message = `'${count.text}' has no page size of its own and would count for '${size.parameter}' in ${formatPlace(size.place)}: write hugepagesz= before it`
  return [{ code: 'cmdline-conflict', message, place: unit.place }]
}

function lengthWarning(
  administrator: readonly PlacedParameter[],
  carried: string,
  loader: BootLoader,
  { facts, ports }: Machine,
): Warning[] {
  const line = pendingCmdline(facts.cmdline, administrator, carried, loader.ours(ports))
  return [tooLong(line, loader.limitBytes(facts.kernel.machine)) ?? []].flat()
}
