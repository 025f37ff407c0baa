import type { Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import { nameMatcher } from '../host/glob.ts'

/** Types of units whose devices= chooses; in TuneD each device belongs to one unit of a type. */
export const DEVICE_TYPES: ReadonlySet<string> = new Set([
  'audio',
  'cpu',
  'disk',
  'irq',
  'net',
  'scsi_host',
  'uncore',
  'usb',
  'video',
])

/**
 * The devices that a unit's `devices=` chooses: shell patterns split by blanks or commas, `!` takes away, and with
 * only such ones all others are meant (TuneD's rule).
 */
export function chosenDevices(unit: Unit, names: readonly string[]): string[] {
  if (unit.devicesUdevRegex !== undefined) return []
  const patterns = unit.devices.split(/[\s,]+/).filter(Boolean)
  const without = patterns.filter((one) => one.startsWith('!')).map((one) => nameMatcher(one.slice(1)))
  const plain = patterns.filter((one) => !one.startsWith('!'))
  const among = (plain.length === 0 ? ['*'] : plain).map(nameMatcher)
  return names.filter((name) => among.some((one) => one.test(name)) && !without.some((one) => one.test(name)))
}

/** udev's database is not read: rather no device than all of them. */
export function udevWarnings(unit: Unit): Warning[] {
  if (unit.devicesUdevRegex === undefined) return []
  return [
    {
      code: 'devices-udev-regex',
      message: `[${unit.name}] devices_udev_regex is not supported, so the section applies to no device; name them with devices=`,
      place: unit.place,
    },
  ]
}
