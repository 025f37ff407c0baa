import { readOptions } from './argv.ts'
import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'
import { RtlaNotes, rtlaDurationS, rtlaValue } from './rtla-notes.ts'

const ANCHOR =
  /Timer Latency$|Operating System Noise$|hardware-related noise$|CPU COUNT +\||CPU Period +Runtime|rtla (?:timerlat|osnoise) hit stop|## CPU \d+ hit stop tracing/
const ROW = /^(\d{1,5}|ALL) #(\d{1,15})\s+(.*)$/
const TIMERLAT_CONTEXTS = ['irq', 'thread', 'user'] as const

/**
 * `rtla timerlat top` and `rtla osnoise top`: a table for each refresh, of which the last state of each CPU counts; no
 * histogram. timerlat has cur, min, avg, max for each context; osnoise the longest single noise of each CPU.
 */
class RtlaTop implements LineParser {
  readonly #context: RunContext
  readonly #findings = new FindingList()
  readonly #notes = new RtlaNotes()
  readonly #rows = new Map<number, readonly CpuMeasurement[]>()
  #osnoise = false
  #perUs = 1
  #durationS: number | null = null
  #titled = false
  #wholeCut = false

  constructor(context: RunContext) {
    this.#context = context
  }

  row(): boolean {
    return false
  }

  line({ text, number, cut }: TextLine): LineFate {
    const row = ROW.exec(text)
    if (row) {
      // the last group of a whole row is four numbers of 9, with blanks between
      const whole = !cut || (text.split('|').at(-1)?.length ?? 0) >= 39
      this.#wholeCut = cut && whole
      if (whole && row[1] !== 'ALL') this.#row(Number(row[1]), Number(row[2]), row[3]!, number)
      return 'mine'
    }
    if (/(?:Timer Latency|Operating System Noise|hardware-related noise)$/.test(text)) {
      this.#titled = true
      if (!text.includes('Timer')) this.#osnoise = true
    } else if (/^CPU COUNT|^CPU Period/.test(text)) {
      this.#titled = true
      if (text.startsWith('CPU Period')) this.#osnoise = true
    } else if (/^(?:duration: +)?\d+ \d\d:\d\d:\d\d +\|/.test(text)) {
      this.#durationS = rtlaDurationS(text)
      this.#perUs = /\(ns\)|is in ns/.test(text) ? 1000 : 1
      if (text.startsWith('duration:')) this.#osnoise = true
    } else if (/^[-|]{8,}/.test(text)) return 'mine'
    else return this.#notes.line(text, number, this.#findings) ? 'mine' : 'other'
    return 'mine'
  }

  foreign(count: number): void {
    this.#findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    const findings = this.#findings
    if (cut) findings.cut(cut, this.#wholeCut || /hit stop tracing$|^Saving trace to .*\.txt$/.test(cut.text))
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

  #row(cpu: number, count: number, rest: string, line: number): void {
    const groups = rest.split('|').slice(1)
    const measured = groups.length > 0 ? this.#timerlat(cpu, count, groups) : this.#noise(cpu, count, rest)
    if (measured) this.#rows.set(cpu, measured)
    else
      this.#findings.doubt('damaged-row', `the row of CPU ${cpu} is not whole: '${rest.slice(0, 80)}'`, line)
  }

  #timerlat(cpu: number, count: number, groups: readonly string[]): CpuMeasurement[] | null {
    const values = groups.map((group) => group.trim().split(/\s+/))
    if (
      values.length > 3 ||
      values.some((four) => four.length !== 4 || !four.every((text) => /^(?:-|\d{1,20})$/.test(text)))
    )
      return null
    // a run of a version with IRQ and thread columns must have both
    if (values.length < 2) return null
    return values.map((four, index) => {
      const [min, avg, max] = four.slice(1).map(rtlaValue)
      const us = (value: number | null | undefined) =>
        count === 0 || value == null ? null : value / this.#perUs
      const result = { minUs: us(min), meanUs: us(avg), maxUs: us(max) }
      if (count === 0 || max === null)
        this.#findings.doubt('no-samples', `CPU ${cpu} has no ${TIMERLAT_CONTEXTS[index]} samples`)
      if (result.minUs !== null && result.maxUs !== null && result.minUs > result.maxUs) {
        this.#findings.doubt(
          'contradictory',
          `CPU ${cpu}: min ${result.minUs} is above max ${result.maxUs} us`,
        )
      }
      return {
        cpu,
        thread: null,
        context: TIMERLAT_CONTEXTS[index]!,
        samples: max === null ? 0 : count,
        ...result,
        histogram: null,
      }
    })
  }

  /** CPU #periods Runtime Noise %CPU-available Max-Noise Max-Single HW NMI … */
  #noise(cpu: number, count: number, rest: string): CpuMeasurement[] | null {
    const values = rest.trim().split(/\s+/)
    if (values.length < 6 || !values.every((text) => /^(?:-|[\d.]{1,20})$/.test(text))) return null
    this.#osnoise = true
    const single = rtlaValue(values[4])
    if (count === 0) this.#findings.doubt('no-samples', `CPU ${cpu} has no periods`)
    const maxUs = count === 0 || single === null ? null : single / this.#perUs
    return [
      { cpu, thread: null, context: null, samples: count, minUs: null, meanUs: null, maxUs, histogram: null },
    ]
  }
}

export const rtlaTop: LineFormat = {
  recognise: (text) => text.search(ANCHOR),
  create: (context) => new RtlaTop(context),
}
