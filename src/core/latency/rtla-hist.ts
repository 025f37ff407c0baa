import { readOptions } from './argv.ts'
import { ColumnStore } from './columns.ts'
import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { Measurement } from './measurement.ts'
import { RtlaNotes, rtlaDurationS } from './rtla-notes.ts'
import { type RtlaColumn, rtlaColumns } from './rtla-result.ts'

const ANCHOR = /# RTLA (?:timerlat|osnoise|hwnoise) histogram|Index +(?:IRQ|Thr|Usr|CPU)-\d{3}|Index$/
const COLUMN = /^(IRQ|Thr|Usr|CPU)-(\d{1,5})$/
const SUMMARY = /^(over|count|min|avg|max):\s*(.*)$/
const CONTEXTS = { IRQ: 'irq', Thr: 'thread', Usr: 'user', CPU: null } as const

/** One run of `rtla timerlat hist` or `rtla osnoise hist`: a column for each CPU and context, then a summary. */
export class RtlaHist implements LineParser {
  readonly context: RunContext
  readonly findings = new FindingList()
  readonly store = new ColumnStore()
  /** over, count, min, avg, max: the texts under the columns */
  readonly summary = new Map<string, readonly string[]>()
  /** the same of the ALL: block of newer versions */
  readonly all = new Map<string, readonly string[]>()
  readonly #notes = new RtlaNotes()
  columns: readonly RtlaColumn[] | null = null
  allContexts: readonly string[] | null = null
  osnoise = false
  nanoseconds = false
  #titled = false
  #wholeCut = false
  #durationS: number | null = null

  constructor(context: RunContext) {
    this.context = context
  }

  row(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    if (this.columns === null || this.columns.length === 0 || this.summary.size > 0) return false
    let i = start
    let index = 0
    while (i < end && bytes[i]! >= 48 && bytes[i]! <= 57 && i - start < 10)
      index = index * 10 + (bytes[i++]! - 48)
    if (i === end || (bytes[i] !== 32 && bytes[i] !== 9)) return false
    const fate = this.store.add(index, bytes, i, end)
    if (fate === 'not-a-row') return false
    if (fate !== 'stored') {
      const what =
        fate === 'ragged'
          ? `does not have ${this.columns.length} counts`
          : `comes after ${this.store.lastIndex}`
      this.findings.doubt('damaged-row', `a row was not counted: bucket ${index} ${what}`, line)
    }
    return true
  }

  line({ text, number, cut }: TextLine): LineFate {
    const title = /^# RTLA (timerlat|osnoise|hwnoise) histogram/.exec(text)
    if (title) {
      if (this.#titled || this.columns !== null) return 'next-run'
      this.#titled = true
      this.osnoise = title[1] !== 'timerlat'
      return 'mine'
    }
    if (/^Index\b/.test(text)) return this.#header(text)
    const summary = SUMMARY.exec(text)
    if (summary) {
      const values = summary[2]!.trim() === '' ? [] : summary[2]!.trim().split(/\s+/)
      // a whole summary line is 6 wide and then 10 for each column, the last blank may be trimmed
      const whole =
        !cut ||
        (summary[1] === 'max' && text.length >= 5 + 10 * values.length && values.length === this.#width())
      this.#wholeCut = cut && whole
      if (whole) (this.allContexts ? this.all : this.summary).set(summary[1]!, values)
      return 'mine'
    }
    if (/^ALL:/.test(text)) {
      this.allContexts = text.slice(4).trim().split(/\s+/)
      return 'mine'
    }
    if (/^# Time unit is/.test(text)) this.nanoseconds = /nanoseconds|\(ns\)/.test(text)
    else if (/^# Duration:/.test(text)) this.#durationS = rtlaDurationS(text)
    else if (!this.#notes.line(text, number, this.findings)) {
      if (/^\d{1,9}\s/.test(text) && this.columns && (this.summary.size === 0 || /^[\d\s]+$/.test(text))) {
        this.findings.doubt('damaged-row', `'${text.slice(0, 60)}' is not a row of counts`, number)
      } else return 'other'
    }
    return 'mine'
  }

  foreign(count: number): void {
    this.findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    const { findings } = this
    if (cut) findings.cut(cut, this.#wholeCut || /hit stop tracing$|^Saving trace to .*\.txt$/.test(cut.text))
    const tool = this.osnoise ? 'rtla-osnoise' : 'rtla-timerlat'
    const argv = this.context.argv ?? null
    const options = readOptions(tool, argv)
    const cpus = rtlaColumns(this, options)
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
    return {
      tool,
      toolVersion: null,
      format: `rtla ${this.osnoise ? 'osnoise' : 'timerlat'} hist${this.allContexts ? ', with ALL: block' : ''}`,
      argv,
      wantedDurationS: options.durationS,
      durationS: this.#durationS,
      intervalUs: this.osnoise ? null : options.intervalUs,
      cpus,
      events: [],
      toolThresholdUs: options.breakUs,
      exitCode: this.context.exitCode ?? null,
      findings: findings.list(),
    }
  }

  #width(): number {
    return (this.allContexts ?? this.columns ?? []).length
  }

  #header(text: string): LineFate {
    if (this.columns !== null) return 'next-run'
    const names = text.trim().split(/\s+/).slice(1)
    const columns = names.map((name) => COLUMN.exec(name))
    if (columns.some((column) => column === null)) {
      this.findings.doubt(
        'damaged-line',
        `the header '${text.slice(0, 80)}' names a column that is not known`,
      )
    }
    this.columns = columns.map((column) => ({
      context: column ? CONTEXTS[column[1] as keyof typeof CONTEXTS] : null,
      cpu: column ? Number(column[2]) : null,
    }))
    if (columns.some((column) => column?.[1] === 'CPU')) this.osnoise = true
    return 'mine'
  }
}

export const rtlaHist: LineFormat = {
  recognise: (text) => text.search(ANCHOR),
  create: (context) => new RtlaHist(context),
}
