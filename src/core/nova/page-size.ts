import { NovaRefusal } from './refusal.ts'

/** nova/virt/hardware.py: what the words stand for. */
const WORDS: Readonly<Record<string, number>> = { small: -1, large: -2, any: -3 }
export const LARGE = -2
export const ANY = -3

const POWER: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 }
/** oslo.utils string_to_bytes with units of 1024: no small k, and the unit must end in b, bit or B. */
const SIZE = /^([-+]?(?:\d+(?:\.\d+)?|\.\d+))(?:([KMGT])i?)?(b|bit|B)$/

/**
 * `hw:mem_page_size` as nova reads it when it boots, in KiB: digits alone are KiB; `1GB` and `1GiB` are 1048576;
 * `1Gb` means bits and is 131072. Not whole for sizes below 1 KiB.
 * @throws NovaRefusal `MemoryPageSizeInvalid` for what the API takes and the boot does not (`1G`, `1Gi`, `1048576kB`)
 */
export function pageSizeKib(text: string): number {
  const word = WORDS[text]
  if (word !== undefined) return word
  if (/^\d+$/.test(text)) return Number(text)
  const match = SIZE.exec(text)
  if (!match) throw new NovaRefusal('MemoryPageSizeInvalid', `Invalid memory page size '${text}'`)
  const bits = match[3] !== 'B'
  const magnitude = Number(match[1]) / (bits ? 8 : 1)
  return Math.ceil(magnitude * 1024 ** (match[2] ? POWER[match[2]]! : 0)) / 1024
}

/** True for `1Gb`, `8Gbit`: a size that nova takes in bits. */
export function isInBits(text: string): boolean {
  const unit = SIZE.exec(text)?.[3]
  return unit === 'b' || unit === 'bit'
}
