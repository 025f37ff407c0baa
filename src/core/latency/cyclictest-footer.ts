import type { FindingList } from './findings.ts'

/** Overflowed cycles that are kept of one thread; cyclictest itself logs at most its bucket count. */
const MAX_LOGGED = 100_000

export interface OverflowLog {
  cycles: readonly number[]
  /** overflowed samples that the tool did not list; null when the line does not say */
  others: number
}

/** The `# …` lines under a cyclictest histogram, and the break lines of -b. */
export class CyclictestFooter {
  totals: readonly number[] | null = null
  mins: readonly number[] | null = null
  avgs: readonly number[] | null = null
  maxs: readonly number[] | null = null
  overflows: readonly number[] | null = null
  overflowHeader = false
  readonly logs = new Map<number, OverflowLog>()
  smis: readonly number[] | null = null
  threadIds: readonly string[] | null = null
  breakThread: string | null = null
  breakValue: number | null = null

  /** True when the line is one of the footer's; a damaged one is found and not used. */
  line(text: string, number: number, cut: boolean, findings: FindingList): boolean {
    const match = FIELD.exec(text)
    if (!match) return false
    const name = match[1]!.toLowerCase()
    const rest = match[2]!.trim()
    if (name.startsWith('thread ') && name !== 'thread ids') {
      this.#log(Number(name.slice(7)), rest, number, cut, findings)
      return true
    }
    if (name === 'histogram overflow at cycle number') {
      this.overflowHeader = true
      return true
    }
    const values = rest === '' ? [] : rest.split(/\s+/)
    if (!values.every((value) => /^\d{1,15}$/.test(value))) {
      findings.doubt('damaged-line', `'${text.slice(0, 80)}' is not whole numbers`, number)
      return true
    }
    if (cut) return true
    const numbers = values.map(Number)
    if (name === 'total') this.totals = numbers
    else if (name === 'min latencies') this.mins = numbers
    else if (name === 'avg latencies') this.avgs = numbers
    else if (name === 'max latencies') this.maxs = numbers
    else if (name === 'histogram overflows') this.overflows = numbers
    else if (name === 'smis') this.smis = numbers
    else if (name === 'thread ids') this.threadIds = values
    else if (name === 'break thread') this.breakThread = values[0] ?? null
    else if (name === 'break value') this.breakValue = numbers[0] ?? null
    return true
  }

  #log(thread: number, rest: string, number: number, cut: boolean, findings: FindingList): void {
    const [listed = '', others] = rest.split('#')
    const more = others === undefined ? 0 : /^\s*(\d{1,15}) others$/.exec(others.trimEnd())?.[1]
    const cycles = listed.trim() === '' ? [] : listed.trim().split(/\s+/).map(Number)
    if (more === undefined || !cycles.every(Number.isSafeInteger)) {
      if (!cut) findings.doubt('damaged-line', `the overflow list of thread ${thread} is not whole`, number)
      return
    }
    if (cut && !this.#lastAndWhole(thread, rest, cycles.length + Number(more))) return
    if (cycles.length > MAX_LOGGED) {
      findings.note(
        'overflow-list-shortened',
        `thread ${thread} lists ${cycles.length} overflowed cycles, the first ${MAX_LOGGED} are kept`,
        number,
      )
    }
    this.logs.set(thread, {
      cycles: cycles.slice(0, MAX_LOGGED),
      others: Number(more) + Math.max(0, cycles.length - MAX_LOGGED),
    })
  }

  /** A cut list is whole when it is the last thread's, accounts for every overflow and ends in five digits (%05lu). */
  #lastAndWhole(thread: number, rest: string, count: number): boolean {
    const last = thread === (this.mins?.length ?? 0) - 1
    return last && count === this.overflows?.[thread] && /(?:\b\d{5,}|others|^)$/.test(rest)
  }
}

const FIELD =
  /^#?\s*(Total|(?:Min|Avg|Max) Latencies|Histogram Overflows|Histogram Overflow at cycle number|SMIs|Thread Ids|Break thread|Break value|Thread \d{1,5}):(.*)$/i
