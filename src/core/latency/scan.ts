/** Digits that a count may have and stay exact; a longer run is damage. */
const MAX_DIGITS = 15

/**
 * Reads blank-separated decimal counts from `bytes[start, end)` into `out` from `base`: the hot path of every histogram,
 * without a string per cell. Returns how many were read, or -1 when something else than digits and blanks is there, a
 * number has more than 15 digits, or more than `limit` numbers are there.
 */
export function scanCounts(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Float64Array,
  base: number,
  limit: number,
): number {
  let count = 0
  let i = start
  while (i < end) {
    let byte = bytes[i]!
    if (byte === 32 || byte === 9) {
      i++
      continue
    }
    const first = i
    let value = 0
    while (byte >= 48 && byte <= 57) {
      value = value * 10 + (byte - 48)
      if (++i === end) break
      byte = bytes[i]!
    }
    const digits = i - first
    if (digits === 0 || count === limit || (digits > MAX_DIGITS && value > Number.MAX_SAFE_INTEGER)) return -1
    if (i < end && byte !== 32 && byte !== 9) return -1
    out[base + count++] = value
  }
  return count
}

/** End of the line without trailing CR and blanks. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = end
  while (i > start && (bytes[i - 1] === 13 || bytes[i - 1] === 32 || bytes[i - 1] === 9)) i--
  return i
}
