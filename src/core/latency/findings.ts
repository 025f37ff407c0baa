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
