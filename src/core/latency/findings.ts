import type { TextLine } from './line-parser.ts'
import type { Finding } from './measurement.ts'

/** Same finding on many lines: the first ones are told, the rest counted. */
const TOLD_PER_CODE = 8

/** Collects findings of one run; a damaged file of a million lines still gives a short list. */
export class FindingList {
  readonly #found: Finding[] = []
  readonly #seen = new Map<string, number>()

  /** The numbers stay good, but the operator must know this. */
  note(code: string, message: string, line?: number): void {
    this.#add({ code, message, trust: true, ...(line !== undefined && { line }) })
  }

  /** The numbers cannot be trusted for a verdict. */
  doubt(code: string, message: string, line?: number): void {
    this.#add({ code, message, trust: false, ...(line !== undefined && { line }) })
  }

  /** The file ended without a line feed: harmless only when the line is proven whole. */
  cut(line: TextLine, whole: boolean): void {
    const end = `'${line.text.slice(-60)}'`
    if (whole)
      this.note('no-final-newline', `the last line has no line feed, but is whole: ${end}`, line.number)
    else
      this.doubt('truncated', `the file ends in the middle of a line, or right after it: ${end}`, line.number)
  }

  /** Lines of others between the lines of the run. */
  foreign(count: number): void {
    this.note(
      'foreign-lines',
      `${count} lines between those of the tool are not the tool's and were passed over`,
    )
  }

  has(code: string): boolean {
    return this.#seen.has(code)
  }

  list(): readonly Finding[] {
    return this.#found.map((finding) => {
      const more = (this.#seen.get(finding.code) ?? 0) - TOLD_PER_CODE
      const last = more > 0 && this.#found.findLast((other) => other.code === finding.code) === finding
      return last ? { ...finding, message: `${finding.message} (and ${more} more like this)` } : finding
    })
  }

  #add(finding: Finding): void {
    const times = (this.#seen.get(finding.code) ?? 0) + 1
    this.#seen.set(finding.code, times)
    if (times <= TOLD_PER_CODE) this.#found.push(finding)
  }
}
