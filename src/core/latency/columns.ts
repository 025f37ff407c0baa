import { PAGE_BUCKETS, type Page, packPage } from './histogram.ts'
import { type Cells, FIXED_CELL_BYTES, scanCounts, scanFixed } from './scan.ts'

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
  #block: Cells = cellsOf(MAX_COLUMNS, MAX_COLUMNS)
  /** the first row of another block, until it is known to be a row */
  #first: Cells = this.#block
  #blockNumber = -1
  #pages: Map<number, Page>[] = []
  #buffer: ArrayBufferLike | null = null
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** Stores the row whose bucket is `index` and whose counts are the numbers in `bytes[start, end)`. */
  add(index: number, bytes: Uint8Array, start: number, end: number): RowFate {
    if (this.width === 0) {
      const width = scanCounts(bytes, start, end, this.#block, 0, MAX_COLUMNS)
      if (width <= 0) return 'not-a-row'
      this.width = width
      this.#block = cellsOf(PAGE_BUCKETS * width, width)
      this.#first = cellsOf(width, width)
      this.#pages = Array.from({ length: width }, () => new Map())
    }
    if (index <= this.lastIndex) return 'out-of-order'
    const { width } = this
    const number = Math.floor(index / PAGE_BUCKETS)
    const base = (index - number * PAGE_BUCKETS) * width
    const turns = number !== this.#blockNumber
    // a line of someone else that begins with a large number must not close the block
    const to = turns ? this.#first : this.#block
    const at = turns ? 0 : base
    if (!this.#fixed(bytes, start, end, to, at)) {
      const count = scanCounts(bytes, start, end, to, at, width)
      if (count !== width) {
        to.cells.fill(0, at, at + width)
        return count > 0 || (count < 0 && isNumbers(bytes, start, end)) ? 'ragged' : 'not-a-row'
      }
    }
    if (turns) this.#turn(number, base)
    const { rowSum } = to
    if (rowSum !== 0) {
      if (rowSum === 2 * this.#block.cells[base + width - 1]!) this.sumRows++
      else this.notSumRows++
    }
    this.rows++
    if (this.firstIndex < 0) this.firstIndex = index
    this.lastIndex = index
    if (this.indexGcd !== 1) this.indexGcd = gcd(this.indexGcd, index)
    return 'stored'
  }

  /** Pages of each column, ready for `new Histogram(...)`; nothing can be added after it. */
  finish(): Map<number, Page>[] {
    this.#pack()
    this.#blockNumber = -1
    return this.#pages
  }

  #fixed(bytes: Uint8Array, start: number, end: number, to: Cells, at: number): boolean {
    if (end - start !== FIXED_CELL_BYTES * this.width) return false
    if (bytes.buffer !== this.#buffer) {
      this.#buffer = bytes.buffer
      this.#view = new DataView(bytes.buffer)
    }
    if (scanFixed(this.#view, bytes.byteOffset + start, this.width, to, at)) return true
    to.cells.fill(0, at, at + this.width)
    return false
  }

  /** Begins the block of the row that is in `#first`. */
  #turn(number: number, base: number): void {
    this.#pack()
    this.#blockNumber = number
    this.#block.cells.set(this.#first.cells, base)
    this.#block.filled.set(this.#first.filled)
    this.#first.cells.fill(0)
    this.#first.filled.fill(0)
  }

  #pack(): void {
    if (this.#blockNumber < 0) return
    const { width } = this
    const { cells, filled } = this.#block
    for (let column = 0; column < width; column++) {
      if (filled[column] === 0) continue
      this.#pages[column]!.set(this.#blockNumber, packPage(cells, column, width))
    }
    cells.fill(0)
    filled.fill(0)
  }
}

function cellsOf(cells: number, columns: number): Cells {
  return {
    cells: new Float64Array(cells),
    filled: new Uint8Array(columns),
    rowSum: 0,
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
