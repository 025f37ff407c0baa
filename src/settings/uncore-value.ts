import { InputError } from '../core/errors.ts'
import type { Comparison } from '../core/plan/compare.ts'
import type { ProfileOption } from '../core/profile/profile.ts'
import { bound, flag, unquoted } from './section.ts'

const FREQUENCIES = ['max_freq_khz', 'min_freq_khz', 'elc_floor_freq_khz']
const PERCENTAGES = ['elc_low_threshold_percent', 'elc_high_threshold_percent']
export const UNCORE_OPTIONS = [...FREQUENCIES, ...PERCENTAGES, 'elc_high_threshold_enable']

/** The driver divides by this and drops the rest (uncore-frequency-common.h, UNCORE_FREQ_KHZ_MULTIPLIER). */
const STEP_KHZ = 100_000

interface UncoreValue {
  shown: string
  compare: Comparison
  /** for a device with this range; undefined where the range is needed and not known */
  on(range: { minKhz: number; maxKhz: number } | undefined): string | undefined
}

/** @throws InputError `not-a-number`, `not-a-boolean`, `bad-percentage` */
export function uncoreValue(name: string, option: ProfileOption): UncoreValue {
  const text = unquoted(option.value)
  if (FREQUENCIES.includes(name)) return text.endsWith('%') ? shareOfRange(text, option) : frequency(option)
  const want = PERCENTAGES.includes(name) ? percentage(text, option) : flag(option)
  return { shown: want, compare: 'number', on: () => want }
}

function shareOfRange(text: string, option: ProfileOption): UncoreValue {
  const share = Number(percentage(text, option))
  return {
    shown: text,
    compare: 'number',
    on: (range) => range && inSteps(range.minKhz + (share * (range.maxKhz - range.minKhz)) / 100),
  }
}

function frequency(option: ProfileOption): UncoreValue {
  const { want, compare } = bound(option)
  return { shown: want, compare, on: () => (compare === 'number' ? inSteps(Number(want)) : want) }
}

function inSteps(khz: number): string {
  return `${Math.floor(khz / STEP_KHZ) * STEP_KHZ}`
}

function percentage(text: string, { value, place }: ProfileOption): string {
  const match = /^(\d{1,3})\s*%?$/.exec(text)
  if (match && Number(match[1]) <= 100) return `${Number(match[1])}`
  throw new InputError({
    code: 'bad-percentage',
    message: `'${value}' is no percentage`,
    place,
    next: 'Write a whole number from 0 to 100.',
  })
}
