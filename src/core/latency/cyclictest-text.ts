import { readOptions } from './argv.ts'
import { ColumnStore } from './columns.ts'
import { DumpedThread, dumpLine } from './cyclictest-dump.ts'
import { CyclictestFooter } from './cyclictest-footer.ts'
import { cyclictestMeasurement } from './cyclictest-result.ts'
import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { LatencyEvent, Measurement } from './measurement.ts'
import { ThreadLines } from './thread-lines.ts'

const MAX_EVENTS = 100_000
const SPIKE = /^T: *(\d{1,5}) Spike: *(\d{1,15}): TS: *(\d{1,20})$/
const ANCHOR =
  /# \/dev\/cpu_dma_latency set to|# Histogram$|# (?:Min|Avg|Max) Latencies:|# Histogram Overflow|# Total: \d|T: *\d{1,5} \( *\d{1,10}\) *(?:[PI]:|C:)|(?:Max CPUs = |Online CPUs = |Thread \d{1,5} Interval: )\d{1,12}$/
/** what a display writes over its T: lines: the load, of signaltest without a policy; and a status block (SIGUSR1) */
const LIVE = /^policy: |^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+\/\d+ \d+$|^#-{10,}/
/** what -v prints before its samples, in this order, the preamble between */
const VERBOSE_HEAD = /^(?:Max CPUs = |Online CPUs = |Thread \d{1,5} Interval: )\d{1,12}$/
const HEADLESS_ROW = /^\d{6}[ \t]+\d{5,}(?:[ \t]+\d{5,})*$/

/** Everything read of one cyclictest (or signaltest, cyclicdeadline) text. */
export class CyclictestText implements LineParser {
  readonly findings = new FindingList()
  readonly columns = new ColumnStore()
  readonly footer = new CyclictestFooter()
  readonly threads = new ThreadLines()
  readonly dumped = new Map<number, DumpedThread>()
  readonly intervals = new Map<number, number>()
  /** CPU of a thread, as -v tells it */
  readonly usedCpus = new Map<number, number>()
  readonly spikes: LatencyEvent[] = []
  spikeCount: number | null = null
  header = false
  preamble = false
  readonly context: RunContext
  /** it draws its T: lines again and again (no -q), or was asked for them by a signal */
  #live = false
  /** the rows have indexes of six digits */
  #padded = false

  constructor(context: RunContext) {
    this.context = context
  }

  row(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    let i = start
    let index = 0
    while (i < end && bytes[i]! >= 48 && bytes[i]! <= 57) index = index * 10 + (bytes[i++]! - 48)
    const digits = i - start
    if (digits > 9 || (i < end && bytes[i] !== 32 && bytes[i] !== 9)) return false
    // %06d: anything shorter is a number of someone else (or a squeezed table, when its first row is too)
    if (digits < 6 && (this.#padded || (!this.header && this.columns.rows === 0))) return false
    if (i === end) {
      if (digits >= 6) this.#damaged(line, 'has no counts')
      return digits >= 6
    }
    const fate = this.columns.add(index, bytes, i, end)
    if (fate === 'stored') {
      if (digits >= 6) this.#padded = true
      return true
    }
    if (fate === 'out-of-order')
      this.#damaged(line, `bucket ${index} comes after bucket ${this.columns.lastIndex}`)
    else if (fate === 'ragged')
      this.#damaged(line, `bucket ${index} does not have ${this.columns.width} columns like the others`)
    else if (digits >= 6) this.#damaged(line, `bucket ${index} holds something else than counts`)
    else return false
    return true
  }

  line({ text, number, cut, redraw }: TextLine): LineFate {
    if (redraw || LIVE.test(text)) this.#live = true
    if (text.startsWith('# /dev/cpu_dma_latency')) {
      if (this.#hasData()) return 'next-run'
      this.preamble = true
      return 'mine'
    }
    if (/^# ?Histogram$/.test(text)) {
      // with -q a histogram comes without T: lines, so these are of a run before it
      const summary = this.threads.threads.size > 0 && !this.#live
      if (this.header || this.footer.mins !== null || summary) return 'next-run'
      this.header = true
      return 'mine'
    }
    if (/^T: *\d/.test(text) && (this.#ended() || this.threads.beginsAnother(text, this.#live)))
      return 'next-run'
    if (VERBOSE_HEAD.test(text) && this.#hasData()) return 'next-run'
    if (this.threads.line(text, number, cut, this.findings)) return 'mine'
    if (this.footer.line(text, number, cut, this.findings)) return 'mine'
    return this.#rare(text, number, cut) ? 'mine' : 'other'
  }

  foreign(count: number): void {
    this.findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    if (cut) {
      const whole = /^T: .*(?:Max|SMI):[ \d]{8,}$/.test(cut.text) || this.#lastListWhole(cut.text)
      this.findings.cut(cut, whole)
    }
    return cyclictestMeasurement(this, readOptions('cyclictest', this.context.argv ?? null))
  }

  #lastListWhole(text: string): boolean {
    const thread = /^# Thread (\d{1,5}):/.exec(text)?.[1]
    return thread !== undefined && this.footer.logs.has(Number(thread))
  }

  #rare(text: string, number: number, cut: boolean): boolean {
    const spike = SPIKE.exec(text)
    if (spike) {
      if (this.spikes.length < MAX_EVENTS && !cut) {
        this.spikes.push({
          timestamp: spike[3]!,
          cpu: null,
          innerUs: null,
          outerUs: Number(spike[2]),
          count: null,
        })
      }
      return true
    }
    const dumped = dumpLine(text)
    if (dumped && !this.header) {
      if (!cut) this.#dump(...dumped)
      return true
    }
    const interval = /^Thread (\d{1,5}) Interval: (\d{1,12})$/.exec(text)
    if (interval) {
      this.intervals.set(Number(interval[1]), Number(interval[2]))
      return true
    }
    const used = /^Thread (\d{1,5}) using cpu (\d{1,5})\.?$/.exec(text)
    if (used) {
      this.usedCpus.set(Number(used[1]), Number(used[2]))
      return true
    }
    const spikes = /^spikes = (\d{1,15})$/.exec(text)
    if (spikes) {
      this.spikeCount = Number(spikes[1])
      return true
    }
    if (/^\d{6,9}[ \t]/.test(text) && this.header) {
      this.#damaged(number, `'${text.slice(0, 60)}' is not a row of counts`)
      return true
    }
    // `#0: ID…` and `# RTLA …` begin other tools' outputs
    return /^#(?:$|-| (?!RTLA ))|^policy: |^Max CPUs = |^Online CPUs = |^Using \d+ cpus/.test(text)
  }

  #dump(thread: number, cycle: number, value: number): void {
    const samples = this.dumped.get(thread) ?? new DumpedThread()
    this.dumped.set(thread, samples)
    samples.add(cycle, value)
  }

  /** The footer, and the ids that -b prints, come after the T: lines of their run; a verbose dump has none. */
  #ended(): boolean {
    const { mins, maxs, threadIds } = this.footer
    return mins !== null || maxs !== null || threadIds !== null || this.dumped.size > 0
  }

  #hasData(): boolean {
    return (
      this.columns.rows > 0 ||
      this.threads.threads.size > 0 ||
      this.dumped.size > 0 ||
      this.footer.mins !== null
    )
  }

  #damaged(line: number, what: string): void {
    this.findings.doubt('damaged-row', `a row of the histogram was not counted: ${what}`, line)
  }
}

export const cyclictestText: LineFormat = {
  recognise(text) {
    const anchor = text.search(ANCHOR)
    return anchor === -1 && HEADLESS_ROW.test(text) ? 0 : anchor
  },
  create: (context) => new CyclictestText(context),
}
