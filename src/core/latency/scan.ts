/** Digits that a count may have and stay exact; a longer run is damage. */
const MAX_DIGITS = 15
const DIGITS = 0x30303030
/** A tab and six digits: what `%06lu` prints for every count below a million. */
export const FIXED_CELL_BYTES = 7

/** Where scanned counts go: `cells[base…]`, and which columns are worth packing. */
export interface Cells {
  cells: Float64Array
  /** 1 for each column that has a count since the last packing */
  filled: Uint8Array
  /** sum of the last row that was scanned */
  rowSum: number
}

/**
 * Reads blank-separated decimal counts from `bytes[start, end)` into `to.cells` from `base`, without a string per cell.
 * Returns how many were read, or -1 when something else than digits and blanks is there, a number has more than 15
 * digits, or more than `limit` numbers are there.
 */
export function scanCounts(
  bytes: Uint8Array,
  start: number,
  end: number,
  to: Cells,
  base: number,
  limit: number,
): number {
  const { cells, filled } = to
  let count = 0
  let sum = 0
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
    cells[base + count] = value
    if (value > 0) filled[count] = 1
    sum += value
    count++
  }
  to.rowSum = sum
  return count
}

/**
 * The same for a row in which every cell is a blank and six digits: two 32-bit loads a cell instead of seven bytes, the
 * digits added up four at a time within the word. False (and cells to be cleared) when one cell is something else.
 */
export function scanFixed(view: DataView, start: number, columns: number, to: Cells, base: number): boolean {
  const { cells, filled } = to
  let sum = 0
  let at = start
  for (let column = 0; column < columns; column++, at += FIXED_CELL_BYTES) {
    // little end first: blank, d0, d1, d2 and d2, d3, d4, d5
    const head = view.getInt32(at, true)
    const tail = view.getInt32(at + 3, true)
    if (tail === DIGITS && head === 0x30303009) continue
    const blank = head & 0xff
    if ((blank !== 9 && blank !== 32) || !isDigits(tail) || !isDigits((head & 0xffffff00) | 0x30))
      return false
    const pairs = (tail & 0x0f0f0f0f) * 10 + ((tail >> 8) & 0x0f0f0f)
    const low = (pairs & 0xff) * 100 + ((pairs >> 16) & 0xff)
    const value = ((head >> 8) & 0xf) * 100_000 + ((head >> 16) & 0xf) * 10_000 + low
    cells[base + column] = value
    if (value > 0) filled[column] = 1
    sum += value
  }
  to.rowSum = sum
  return true
}

function isDigits(word: number): boolean {
  return (word & 0xf0f0f0f0) === DIGITS && ((word + 0x06060606) & 0xf0f0f0f0) === DIGITS
}

/** End of the line without trailing CR and blanks. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = end
  while (i > start && (bytes[i - 1] === 13 || bytes[i - 1] === 32 || bytes[i - 1] === 9)) i--
  return i
}
