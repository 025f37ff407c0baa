import { InputError } from '../errors.ts'
import { attribute, textOf, type XmlElement } from './xml.ts'

/** Bytes of libvirt's units (formatdomain.html, `<memory>`); KiB when none is written. */
const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1e3,
  k: 1024,
  kib: 1024,
  mb: 1e6,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1e9,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1e12,
  t: 1024 ** 4,
  tib: 1024 ** 4,
}

/**
 * An amount of memory, KiB; undefined where the element is not there.
 * @param size instead of the element's own text
 * @throws InputError `bad-memory-size`
 */
export function kibOf(of: XmlElement | undefined, file: string, size?: string): number | undefined {
  if (!of) return undefined
  const text = (size ?? textOf(of)).trim()
  const unit = (attribute(of, 'unit') ?? 'KiB').toLowerCase()
  const bytes = Object.hasOwn(UNIT_BYTES, unit) ? UNIT_BYTES[unit] : undefined
  if (bytes === undefined || !/^\d{1,15}$/.test(text)) {
    throw new InputError({
      code: 'bad-memory-size',
      message: `<${of.name}> wants a whole number and a unit such as KiB, found '${text.slice(0, 40)}' '${unit.slice(0, 20)}'`,
      place: { file },
    })
  }
  return Math.ceil((Number(text) * bytes) / 1024)
}
