import type { FindingList } from './findings.ts'

/** The last state of one `T:` line; all times in the tool's unit. */
export interface ThreadLine {
  thread: number
  pid: string
  interval: number | null
  cycles: number | null
  min: number | null
  act: number | null
  avg: number | null
  max: number | null
  smis: number | null
}

const HEAD = /^T: *(\d{1,5}) \( *(\d{1,10})\) */
const PAIR = /([A-Za-z]{1,4}): *(-?\d{1,15})(?![\d.])/g
/** -N prints Act and Avg 8 wide beside `C:%7lu Min:%7ld`; before 0.85 all of them were 8 wide, I: too, in us */
const WIDE = /(?:Act|Avg):(?= )[ \d]{8} /
const NARROW = /(?:C|Min):(?= )[ \d]{7} /
const OLD = /(?:I|C|Min):(?= )[ \d]{8} /

/**
 * The `T: 0 ( 7126) P:95 I:1000 C:   2000 Min:      7 …` lines of cyclictest, signaltest (no `I:`) and cyclicdeadline
 * (no `P:`), as pairs of name and number, so that older and newer sets of columns read the same. A live display writes
 * each line again and again: the last one counts.
 */
export class ThreadLines {
  readonly threads = new Map<number, ThreadLine>()
  /** names of the columns seen, such as P, I, C, Min */
  readonly columns = new Set<string>()
  /** cyclictest -N: times in ns */
  nanoseconds = false
  /** Act is as wide as with -N, and so it was in us before 0.85: which of both cannot be seen */
  unitUnknown = false

  /**
   * Whether the line is of another run than the state that its thread has: a thread keeps its pid, and its cycles,
   * minimum and maximum go one way. `live`: the run draws again and again, so a line may also come twice.
   */
  beginsAnother(text: string, live: boolean): boolean {
    const head = HEAD.exec(text)
    const old = head && this.threads.get(Number(head[1]))
    if (!old) return false
    // a live display begins with pid 0
    if (old.pid !== head[2]) return old.pid !== '0'
    const values = valuesOf(text.slice(head[0].length))
    const now = (name: string) => (values.get('C') === 0 ? null : (values.get(name) ?? null))
    if (
      below(values.get('C') ?? null, old.cycles) ||
      below(old.min, now('Min')) ||
      below(now('Max'), old.max)
    )
      return true
    return !live && old.cycles !== null && values.get('C') === old.cycles
  }

  line(text: string, number: number, cut: boolean, findings: FindingList): boolean {
    const head = HEAD.exec(text)
    if (!head) return false
    const rest = text.slice(head[0].length)
    const values = valuesOf(rest)
    const residue = rest.replace(PAIR, '').trim()
    if (values.size === 0) return false
    // the last field of the line is Max (8 wide) or SMI (8 wide): a cut one is shorter
    const whole = /(?:Max|SMI):[ \d]{8,}$/.test(text) && values.has('Max')
    if (residue !== '' || (cut && !whole) || !values.has('C') || !values.has('Max')) {
      findings.doubt(
        'damaged-line',
        `the line of thread ${head[1]} is not whole: '${text.slice(0, 120)}'`,
        number,
      )
      if (!this.threads.has(Number(head[1]))) this.#set(head, new Map())
      return true
    }
    if (WIDE.test(text)) {
      if (NARROW.test(text)) this.nanoseconds = true
      else if (!OLD.test(text)) this.unitUnknown = true
    }
    for (const name of values.keys()) this.columns.add(name)
    this.#set(head, values)
    return true
  }

  #set(head: RegExpExecArray, values: ReadonlyMap<string, number>): void {
    const cycles = values.get('C') ?? null
    // before the first cycle cyclictest shows Min:1000000 Act:0 Avg:0 Max:0, which are no measurements
    const measured = (name: string) => (cycles === 0 ? null : (values.get(name) ?? null))
    this.threads.set(Number(head[1]), {
      thread: Number(head[1]),
      pid: head[2]!,
      interval: values.get('I') ?? null,
      cycles,
      min: measured('Min'),
      act: measured('Act'),
      avg: measured('Avg'),
      max: measured('Max'),
      smis: values.get('SMI') ?? null,
    })
  }
}

function valuesOf(text: string): Map<string, number> {
  const values = new Map<string, number>()
  for (const pair of text.matchAll(PAIR)) {
    if (values.has(pair[1]!)) break
    values.set(pair[1]!, Number(pair[2]))
  }
  return values
}

function below(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && a < b
}
