import type { BootLoader } from '../boot/loader.ts'
import type { CmdlineConflict, PlacedParameter } from '../core/cmdline/conflicts.ts'
import { cpulistFault } from '../core/cmdline/cpulist-value.ts'
import { tooLong } from '../core/cmdline/length.ts'
import { pendingCmdline } from '../core/cmdline/pending.ts'
import { parseUnits } from '../core/cmdline/units.ts'
import { formatPlace } from '../core/errors.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Machine } from './kind.ts'

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

export function noBootLoader({ place }: Unit): Warning {
  const message =
    'no boot loader that quietcore knows was found (GRUB, boot loader entries, rpm-ostree, kernel-install): the kernel parameters will not be set'
  return { code: 'no-boot-loader', message, place }
}

export function optionWarnings({ options }: Unit): Warning[] {
  return [...options].flatMap(([name, { value, place }]) => {
    const reason = Object.hasOwn(NOT_SUPPORTED, name) ? NOT_SUPPORTED[name] : undefined
    if (reason === undefined || value === '') return []
    return [{ code: 'not-supported', message: `${name} is not supported: ${reason}`, place }]
  })
}

export function conflictWarning({ key, administrator, ours, repeated }: CmdlineConflict): Warning {
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

/** A blank or a comma too much in a list of CPUs: the kernel would isolate fewer CPUs than meant and say so nowhere. */
export function cpulistWarnings(ours: readonly PlacedParameter[]): Warning[] {
  return ours.flatMap(({ parameter, place }) => {
    const fault = cpulistFault(parameter)
    if (fault === undefined) return []
    const message = `the kernel parameter '${parameter}' ${fault}: write CPU lists as the kernel does, '2-5,8', without quotes`
    return [{ code: 'cmdline-cpulist', message, place }]
  })
}

/** Ours stand last on the line, so a count without a page size would count for the administrator's. */
export function sizelessPages(
  unit: Unit,
  administrator: readonly PlacedParameter[],
  carried: string,
): Warning[] {
  const size = administrator.findLast(({ parameter }) => parameter.startsWith('hugepagesz='))
  const count = parseUnits(carried).find(({ key }) => key === 'hugepages@default')
  if (!size || !count) return []
  const message = `'${count.text}' has no page size of its own and would count for '${size.parameter}' in ${formatPlace(size.place)}: write hugepagesz= before it`
  return [{ code: 'cmdline-conflict', message, place: unit.place }]
}

export function lengthWarning(
  administrator: readonly PlacedParameter[],
  carried: string,
  loader: BootLoader,
  { facts, ports }: Machine,
): Warning[] {
  const line = pendingCmdline(facts.cmdline, administrator, carried, loader.ours(ports))
  return [tooLong(line, loader.limitBytes(facts.kernel.machine)) ?? []].flat()
}
