import { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError } from '../core/errors.ts'
import type { ProfileOption } from '../core/profile/profile.ts'
import { unquoted } from './section.ts'

/**
 * CPUs of an option: a cpulist (blanks may split it, as systemd's do), or a mask that starts with 0x.
 * @throws InputError `bad-cpulist`, `bad-cpumask` with the option's place
 */
export function cpusOf({ value, place }: ProfileOption): CpuSet {
  const text = unquoted(value)
  try {
    if (/^0x/i.test(text)) return CpuSet.parseMask(text)
    return CpuSet.parse(
      text
        .split(/[\s,]+/)
        .filter(Boolean)
        .join(','),
    )
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    const { code, message, next } = cause
    throw new InputError({ code, message, place, cause, ...(next === undefined ? {} : { next }) })
  }
}
