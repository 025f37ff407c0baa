import { InputError } from '../core/errors.ts'
import type { Comparison } from '../core/plan/compare.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import { chosenDevices, udevWarnings } from './devices.ts'
import type { SettingKind } from './kind.ts'
import {
  alternatives,
  bound,
  liveSetting,
  optionOf,
  optionWarnings,
  unquoted,
  unsupportedSetting,
} from './section.ts'

interface Bound {
  want: string
  compare: Comparison
}

const DRIVE = 'quietcore does not send power commands to drives (hdparm); set it in /etc/hdparm.conf'
const LEFT_OUT = {
  apm: DRIVE,
  spindown: DRIVE,
  readahead_multiply: 'a factor on what is there now has no value that could be verified; use readahead=N',
}

/**
 * `[disk]`: queues of the fixed drives that `devices=` chooses (SCSI, NVMe, virtio).
 *
 * @example
 * [disk]
 * devices=nvme*
 * elevator=none
 * readahead=>4096
 */
export const disk: SettingKind = {
  type: 'disk',
  settings(unit, { ports: { root } }) {
    const known = ['elevator', 'readahead', 'scheduler_quantum', 'dynamic']
    const warnings = [...optionWarnings(unit, known, LEFT_OUT), ...udevWarnings(unit)]
    const option = optionOf(unit, 'readahead')
    const readahead = option && readaheadKb(option)
    const drives = chosenDevices(unit, fixedDrives(root))
    return {
      settings: drives.flatMap((drive) => driveSettings(unit, `/sys/block/${drive}/queue`, readahead, root)),
      warnings,
    }
  },
}

function driveSettings(unit: Unit, queue: string, readahead: Bound | undefined, root: Root): Setting[] {
  const elevator = optionOf(unit, 'elevator')
  const quantum = optionOf(unit, 'scheduler_quantum')
  const settings: Setting[] = []
  if (elevator) settings.push(elevatorSetting(unit, `${queue}/scheduler`, elevator, root))
  if (readahead) settings.push(liveSetting(unit, `${queue}/read_ahead_kb`, readahead.want, readahead.compare))
  if (quantum) settings.push(quantumSetting(unit, `${queue}/iosched/quantum`, quantum, root))
  return settings
}

function elevatorSetting(unit: Unit, path: string, option: ProfileOption, root: Root): Setting {
  const wanted = alternatives(option)
  const offered = (root.readTextIfThere(path) ?? '').split(/[\s[\]]+/).filter(Boolean)
  const chosen = wanted.find((one) => offered.includes(one))
  if (chosen !== undefined) return liveSetting(unit, path, chosen, 'bracketed')
  const reason =
    offered.length === 0
      ? 'the drive has no I/O scheduler'
      : `the kernel offers only ${offered.join(', ')} for it`
  return unsupportedSetting(unit, path, wanted.join('|'), reason)
}

function quantumSetting(unit: Unit, path: string, option: ProfileOption, root: Root): Setting {
  const { want, compare } = bound(option)
  return root.exists(path)
    ? liveSetting(unit, path, want, compare)
    : unsupportedSetting(unit, path, want, 'only the CFQ scheduler of kernels before 5.0 has it')
}

/** KiB, or sectors of 512 bytes with `s`. @throws InputError `bad-readahead` */
function readaheadKb({ value, place }: ProfileOption): Bound {
  const match = /^([<>]?)\s*(\d+)\s*(s?)$/.exec(unquoted(value))
  if (!match) {
    throw new InputError({
      code: 'bad-readahead',
      message: `readahead=${value} is no number of KiB`,
      place,
      next: 'Write readahead=4096, readahead=>4096 or readahead=8192 s (sectors).',
    })
  }
  const compare = ({ '>': 'at-least', '<': 'at-most', '': 'number' } as const)[match[1] as '' | '<' | '>']
  return { want: String(match[3] === 's' ? Math.floor(Number(match[2]) / 2) : Number(match[2])), compare }
}

/** Drives with hardware behind them (loop, device-mapper and RAM disks have no `device`) that are not removable. */
function fixedDrives(root: Root): string[] {
  return root
    .list('/sys/block')
    .filter((name) => root.exists(`/sys/block/${name}/device`))
    .filter((name) => root.readTextIfThere(`/sys/block/${name}/removable`)?.trim() === '0')
}
