import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'

const PAIR = /^#(\d{1,5}) -> #(\d{1,5}), Min +(\d{1,9}), Cur +(\d{1,9}), Avg +(\d{1,9}), Max +(\d{1,9})$/
const INFO = /#(\d{1,5}): ID(\d+), P\d+, CPU(\d+), I\d+; #\d+: ID\d+, P\d+, CPU(\d+).*?Cycles (\d{1,12})$/
const FORKS = /^(?:#main : |#forks: |#steps: |forktest#\d+\/|All tests PASSED|One or more tests FAILED)/
const ANCHOR =
  /#(?:main : |forks: |steps: )\d|forktest#\d+\/|#\d{1,5}: ID\d+, P\d+, CPU|#\d{1,5} -> #\d{1,5}, Min /

/** The other tests of rt-tests: pmqtest and its kin (`#1 -> #0, Min 2, …`), and ssdd, which only passes or fails. */
class PairTest implements LineParser {
  readonly #context: RunContext
  readonly #findings = new FindingList()
  readonly #pairs = new Map<number, CpuMeasurement>()
  readonly #cycles = new Map<number, { id: string; cpu: number; cycles: number }>()
  #redraws = false
  #ssdd = false
  #outcome: string | null = null

  constructor(context: RunContext) {
    this.#context = context
  }

  row(): boolean {
    return false
  }

  line({ text, number, cut, redraw }: TextLine): LineFate {
    const info = INFO.exec(text)
    const pair = PAIR.exec(text)
    this.#redraws ||= redraw
    if (info && this.#beginsAnother(info)) return 'next-run'
    if (this.#outcome !== null && /^#main : /.test(text)) return 'next-run'
    if (info)
      this.#cycles.set(Number(info[1]), { id: info[2]!, cpu: Number(info[4]), cycles: Number(info[5]) })
    else if (pair) {
      if (!cut) this.#pair(pair)
    } else if (FORKS.test(text)) {
      this.#ssdd = true
      if (/^All|^One/.test(text)) this.#outcome = text
    } else if (/^#\d+ -> #/.test(text))
      this.#findings.doubt('damaged-line', `'${text.slice(0, 80)}' is not whole`, number)
    else return 'other'
    return 'mine'
  }

  foreign(count: number): void {
    this.#findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    const findings = this.#findings
    if (cut) findings.cut(cut, /^All tests PASSED\.$/.test(cut.text))
    if (this.#ssdd) {
      if (this.#outcome === null) findings.doubt('truncated', 'ssdd did not say whether its tests passed')
      else if (!this.#outcome.startsWith('All')) findings.doubt('tool-failed', this.#outcome)
      findings.doubt('no-samples', 'ssdd measures no latency')
    } else if (this.#pairs.size === 0) findings.doubt('no-samples', 'no pair of threads has a result')
    return {
      tool: this.#ssdd ? 'ssdd' : (this.#context.argv?.[0]?.split('/').at(-1) ?? 'rt-tests pair'),
      toolVersion: null,
      format: this.#ssdd ? 'ssdd text' : 'rt-tests pair text',
      argv: this.#context.argv ?? null,
      wantedDurationS: null,
      durationS: null,
      intervalUs: null,
      cpus: [...this.#pairs.values()],
      events: [],
      toolThresholdUs: null,
      exitCode: this.#context.exitCode ?? null,
      findings: findings.list(),
    }
  }

  /** Another thread id, fewer cycles, or (with -q) the pair once more. */
  #beginsAnother(info: RegExpExecArray): boolean {
    const old = this.#cycles.get(Number(info[1]))
    if (!old) return false
    return old.id !== info[2] || Number(info[5]) < old.cycles || !this.#redraws
  }

  #pair(pair: RegExpExecArray): void {
    const thread = Number(pair[2])
    const info = this.#cycles.get(thread)
    const [minUs, meanUs, maxUs] = [pair[3], pair[5], pair[6]].map(Number) as [number, number, number]
    this.#pairs.set(thread, {
      cpu: info?.cpu ?? null,
      thread,
      context: null,
      samples: info?.cycles ?? null,
      minUs,
      meanUs,
      maxUs,
      histogram: null,
    })
    if (minUs > maxUs || meanUs < minUs || meanUs > maxUs) {
      this.#findings.doubt('contradictory', `pair ${thread}: min ${minUs}, avg ${meanUs}, max ${maxUs} us`)
    }
  }
}

export const pairTests: LineFormat = {
  recognise: (text) => text.search(ANCHOR),
  create: (context) => new PairTest(context),
}
