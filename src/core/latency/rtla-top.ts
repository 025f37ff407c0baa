import { readOptions } from './argv.ts'
import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'
import { RtlaNotes, rtlaDurationS } from './rtla-notes.ts'
import {
  checkRows,
  columnsOf,
  goesBack,
  isWholeRow,
  measureRow,
  type TopRow,
  topRow,
} from './rtla-top-row.ts'

const ANCHOR =
  /Timer Latency$|Operating System Noise$|hardware-related noise$|CPU COUNT +\||CPU Period +Runtime|rtla (?:timerlat|osnoise) hit stop|## CPU \d+ hit stop tracing/
const TITLE = /(?:Timer Latency|Operating System Noise|hardware-related noise)$/
const DURATION = /^(?:duration: +)?\d+ \d\d:\d\d:\d\d +\|/
const HEADER = /^CPU COUNT|^CPU Period/

/** One drawing of the table: a title, the duration, the header, a row for each CPU, in this order. */
class Refresh {
  readonly lines: TextLine[] = []
  readonly rows = new Map<number, readonly CpuMeasurement[]>()
  readonly damaged: TextLine[] = []
  durationS: number | null = null
  /** the last part that it has: 0 nothing, 1 title, 2 duration, 3 header, 4 rows */
  part = 0
}

/**
 * `rtla timerlat top` and `rtla osnoise top`: a table for each refresh, of which the last state of each CPU counts; no
 * histogram. timerlat has cur, min, avg, max for each context; osnoise the longest single noise of each CPU. With -q
 * the table is drawn once, without a clear screen before it.
 */
class RtlaTop implements LineParser {
  readonly #context: RunContext
  readonly #findings = new FindingList()
  readonly #notes = new RtlaNotes()
  readonly #rows = new Map<number, readonly CpuMeasurement[]>()
  #refresh = new Refresh()
  #osnoise: boolean | null = null
  #perUs: number | null = null
  #columns: number | null = null
  #durationS: number | null = null
  #redraws = false
  /** a whole drawing of it was there */
  #shown = false
  #titled = false
  #wholeCut = false
  #lastIsShort = false

  constructor(context: RunContext) {
    this.#context = context
  }

  row(): boolean {
    return false
  }

  line(line: TextLine): LineFate {
    const { text, number } = line
    const row = topRow(text)
    if (row) return this.#row(row, line)
    const part = TITLE.test(text) ? 1 : DURATION.test(text) ? 2 : HEADER.test(text) ? 3 : 0
    if (part === 0) {
      if (/^[-|]{8,}/.test(text)) return 'mine'
      return this.#notes.line(text, number, this.#findings) ? 'mine' : 'other'
    }
    const osnoise = part === 2 ? text.startsWith('duration:') : !/Timer|COUNT/.test(text)
    if (this.#refresh.part >= part) this.#settle()
    const perUs = /\(ns\)|is in ns/.test(text) ? 1000 : 1
    const durationS = part === 2 ? rtlaDurationS(text) : null
    if (this.#shown) {
      // each drawing of a live display has its clear screen; -q draws once
      const drawnOnce = part === 1 && !(line.redraw && this.#redraws)
      const back = durationS !== null && durationS < (this.#durationS ?? 0)
      const unit = part === 2 && this.#perUs !== null && perUs !== this.#perUs
      if (drawnOnce || back || unit || osnoise !== this.#osnoise || this.#notes.stopped) return 'next-run'
    }
    if (part === 2) {
      this.#refresh.durationS = durationS
      this.#perUs = perUs
    } else this.#titled = true
    if (part === 3) this.#columns = columnsOf(text)
    this.#osnoise = osnoise
    this.#redraws ||= line.redraw
    this.#take(line, part)
    return 'mine'
  }

  held(): readonly TextLine[] {
    const { lines } = this.#refresh
    this.#refresh = new Refresh()
    return lines
  }

  foreign(count: number): void {
    this.#findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    const findings = this.#findings
    this.#settle()
    if (cut) findings.cut(cut, this.#wholeCut || /hit stop tracing$|^Saving trace to .*\.txt$/.test(cut.text))
    if (this.#lastIsShort && (!cut || this.#wholeCut))
      findings.doubt('truncated', 'the last refresh of the table has fewer CPUs than were there before')
    const tool = this.#osnoise ? 'rtla-osnoise' : 'rtla-timerlat'
    const argv = this.#context.argv ?? null
    const options = readOptions(tool, argv)
    this.#notes.finish(findings)
    if (
      !this.#notes.stopped &&
      options.durationS !== null &&
      this.#durationS !== null &&
      this.#durationS < options.durationS - 1
    ) {
      findings.doubt(
        'duration-not-reached',
        `the run took ${this.#durationS} s of the ${options.durationS} s that were asked for`,
      )
    }
    if (!this.#titled) findings.note('no-header', 'the header of the table is missing')
    const cpus = [...this.#rows].sort((a, b) => a[0] - b[0]).flatMap(([, contexts]) => contexts)
    checkRows(cpus, findings)
    if (cpus.length === 0) findings.doubt('no-samples', 'no CPU is in the table')
    const missing = (options.cpus ?? []).filter((cpu) => !this.#rows.has(cpu))
    if (missing.length > 0)
      findings.doubt('cpus-not-measured', `CPUs ${missing.join(',')} were asked for and not measured`)
    return {
      tool,
      toolVersion: null,
      format: `rtla ${this.#osnoise ? 'osnoise' : 'timerlat'} top`,
      argv,
      wantedDurationS: options.durationS,
      durationS: this.#durationS,
      intervalUs: this.#osnoise ? null : options.intervalUs,
      cpus,
      events: [],
      toolThresholdUs: options.breakUs,
      exitCode: this.#context.exitCode ?? null,
      findings: findings.list(),
    }
  }

  #row(row: TopRow, line: TextLine): LineFate {
    const whole = !line.cut || isWholeRow(row, this.#columns)
    this.#wholeCut = line.cut && whole
    const { cpu } = row
    if (!whole || cpu === null) return 'mine'
    if (this.#refresh.rows.has(cpu)) this.#settle()
    const measured = measureRow(row, this.#columns, this.#perUs ?? 1)
    const before = this.#rows.get(cpu)
    if (measured && before && goesBack(measured, before)) return 'next-run'
    this.#take(line, 4)
    if (measured) this.#refresh.rows.set(cpu, measured)
    else this.#refresh.damaged.push(line)
    this.#osnoise ??= measured?.[0]?.context === null
    return 'mine'
  }

  #take(line: TextLine, part: number): void {
    this.#refresh.part = part
    this.#refresh.lines.push(line)
  }

  /** The refresh is over: its rows are the state of the run. */
  #settle(): void {
    const { rows, damaged, part, durationS } = this.#refresh
    this.#refresh = new Refresh()
    if (part === 0) return
    if (part >= 3) this.#shown = true
    this.#durationS = durationS ?? this.#durationS
    this.#lastIsShort = rows.size + damaged.length < this.#rows.size
    for (const [cpu, contexts] of rows) this.#rows.set(cpu, contexts)
    for (const { text, number } of damaged)
      this.#findings.doubt('damaged-row', `a row is not whole: '${text.slice(0, 80)}'`, number)
  }
}

export const rtlaTop: LineFormat = {
  recognise: (text) => text.search(ANCHOR),
  create: (context) => new RtlaTop(context),
}
