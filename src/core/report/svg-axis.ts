/** What charts that are to be compared share. */
export interface Axes {
  /** right end of the scale, us; it starts at 0 */
  toUs: number
  /** largest count of any bin: its power of ten is the top */
  mostSamples: number
  /** limits on the maximum, us, drawn as lines */
  limitsUs: readonly number[]
  /** samples beyond the histogram are drawn in a place of their own */
  overflowFromUs: number | null
}

/** Steps of 1, 2 or 5 times a power of ten, at most `most` of them from 0 to the end. */
export function ticks(to: number, most: number): number[] {
  const rough = to / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? 10 * power
  const count = Math.floor(to / step + 1e-9)
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

/** `1`, `1k`, `1M`: counts on a scale of powers of ten. */
export function powerLabel(power: number): string {
  return `${10 ** (power % 3)}${['', 'k', 'M', 'G', 'T', 'P'][Math.floor(power / 3)]}`
}
