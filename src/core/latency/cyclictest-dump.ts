import { PageBuilder } from './histogram.ts'

/** Values above this go to overflow, so that a damaged dump cannot fill the memory. */
const MAX_BUCKET = 4_000_000

/** The samples of one thread out of a verbose dump (`cyclictest -v`: thread, cycle, value). */
export class DumpedThread {
  samples = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  lastCycle = -1
  /** cycles that the dump jumped over or repeated (-o, a lost line) */
  gaps = 0
  overflows = 0
  readonly pages = new PageBuilder()

  add(cycle: number, value: number): void {
    if (cycle !== this.lastCycle + 1) this.gaps++
    this.lastCycle = cycle
    this.samples++
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value > MAX_BUCKET) this.overflows++
    else this.pages.add(Math.max(0, value), 1)
  }

  get overflowFrom(): number {
    return MAX_BUCKET + 1
  }
}

/** `       0:      15:     536` as thread, cycle, value; null when it is not such a line. */
export function dumpLine(text: string): readonly [thread: number, cycle: number, value: number] | null {
  const match = /^(\d{1,5}): *(\d{1,12}): *(-?\d{1,12})$/.exec(text)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null
}
