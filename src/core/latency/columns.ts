import { newPage, PAGE_BUCKETS, type Page } from './histogram.ts'
import { scanCounts } from './scan.ts'

/** MAX_CPUS and three contexts each (rtla), and a sum column. */
const MAX_COLUMNS = 3 * 8192 + 1

export type RowFate = 'stored' | 'not-a-row' | 'ragged' | 'out-of-order'

/**
 * The columns of a histogram table, filled row by row from bytes. 256 rows are held as plain numbers and then packed
 * column by column, so memory follows the non-zero counts and not the file.
 */
export class ColumnStore {
  /** columns of the first row, without the index; 0 before it */
  width = 0
  rows = 0
  firstIndex = -1
  lastIndex = -1
  /** greatest common divisor of the row indexes: the bucket size where only every n-th row exists */
  indexGcd = 0
  /** rows whose last column is (not) the sum of the others, rows of zeros not counted */
  sumRows = 0
  notSumRows = 0
  readonly #firstRow = new Float64Array(MAX_COLUMNS)
  #block = new Float64Array(0)
  #blockNumber = -1
  #pages: Map<number, Page>[] = []

  /** Stores the row whose bucket is `index` and whose counts are the numbers in `bytes[start, end)`. */
  add(index: number, bytes: Uint8Array, start: number, end: number): RowFate {
    if (this.width === 0) {
      const width = scanCounts(bytes, start, end, this.#firstRow, 0, MAX_COLUMNS)
      if (width <= 0) return 'not-a-row'
      this.width = width
      this.#block = new Float64Array(PAGE_BUCKETS * width)
      this.#pages = Array.from({ length: width }, () => new Map())
    }
    if (index <= this.lastIndex) return 'out-of-order'
    const number = Math.floor(index / PAGE_BUCKETS)
    if (number !== this.#blockNumber) {
      this.#pack()
      this.#blockNumber = number
    }
    const base = (index - number * PAGE_BUCKETS) * this.width
    const count = scanCounts(bytes, start, end, this.#block, base, this.width)
    if (count !== this.width) {
      this.#block.fill(0, base, base + this.width)
      return count > 0 || (count < 0 && isNumbers(bytes, start, end)) ? 'ragged' : 'not-a-row'
    }
    this.rows++
    if (this.firstIndex < 0) this.firstIndex = index
    this.lastIndex = index
    this.indexGcd = gcd(this.indexGcd, index)
    return 'stored'
  }

  /** Pages of each column, ready for `new Histogram(...)`; nothing can be added after it. */
  finish(): Map<number, Page>[] {
    this.#pack()
    this.#blockNumber = -1
    return this.#pages
  }

  #pack(): void {
    if (this.#blockNumber < 0) return
    const { width } = this
    const block = this.#block
    const largest = new Float64Array(width)
    for (let row = 0; row < PAGE_BUCKETS; row++) {
      const base = row * width
      let sum = 0
      for (let column = 0; column < width; column++) {
        const value = block[base + column]!
        sum += value
        if (value > largest[column]!) largest[column] = value
      }
      if (sum === 0) continue
      if (sum === 2 * block[base + width - 1]!) this.sumRows++
      else this.notSumRows++
    }
    for (let column = 0; column < width; column++) {
      if (largest[column] === 0) continue
      const page = newPage(largest[column]!)
      for (let row = 0; row < PAGE_BUCKETS; row++) page[row] = block[row * width + column]!
      this.#pages[column]!.set(this.#blockNumber, page)
    }
    block.fill(0)
  }
}

function isNumbers(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte !== 32 && byte !== 9 && (byte < 48 || byte > 57)) return false
  }
  return end > start
}

function gcd(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y !== 0) [x, y] = [y, x % y]
  return x
}
