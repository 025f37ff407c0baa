import { readOptions } from './argv.ts'
import { ColumnStore } from './columns.ts'
import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'
import { checkDuration, checkSpread, oslatCore } from './oslat-result.ts'

const ANCHOR =
  /oslat V \d|oslat: Trace threshold|Total runtime:\s+\d+ seconds$|Core:\s+\d|Counter Freq:\s+\d|\d{3,} \(us\):\s+\d/
const ROW = /^(\d{3,7}) \((us|ns)\):\s*(.*)$/
const OVERFLOWS = '(including overflows)'
const FIELD = /^(Core|Counter Freq|Minimum|Average|Maximum|Max-Min|Duration):\s*(.*?)\s*(\([A-Za-z]+\))?$/
const DEFAULT_WIDTH_NS = 1000

/** One run of oslat as text: a header (not with -q), then a table with a column for each core. */
class OslatText implements LineParser {
  readonly #context: RunContext
  readonly #findings = new FindingList()
  readonly #columns = new ColumnStore()
  readonly #fields = new Map<string, readonly number[]>()
  #version: string | null = null
  #runtimeS: number | null = null
  #threshold: number | null = null
  #lastLabel: number | null = null
  #started = false
  #decimals = false

  constructor(context: RunContext) {
    this.#context = context
  }

  row(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    let i = start
    let label = 0
    while (i < end && bytes[i]! >= 48 && bytes[i]! <= 57 && i - start < 8)
      label = label * 10 + (bytes[i++]! - 48)
    if (i - start < 3 || end - i < 7 || bytes[i] !== 32 || bytes[i + 1] !== 40 || bytes[i + 5] !== 58)
      return false
    if (bytes[end - 1] === 41) return false
    return this.#store(label, bytes, i + 6, end, line)
  }

  line({ text, number, cut }: TextLine): LineFate {
    const version = /^oslat V (\d[\d.]*)/.exec(text)
    if (version) {
      if (this.#version !== null || this.#columns.rows > 0) return 'next-run'
      this.#version = version[1]!
      return 'mine'
    }
    const row = ROW.exec(text)
    if (row) {
      if (!cut || row[3]!.endsWith(OVERFLOWS)) this.#rowText(row, number)
      return 'mine'
    }
    const field = FIELD.exec(text)
    if (field) {
      if (field[1] === 'Core' && this.#fields.has('Core')) return 'next-run'
      this.#field(field, number, cut)
      return 'mine'
    }
    return this.#rare(text) ? 'mine' : 'other'
  }

  foreign(count: number): void {
    this.#findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    const findings = this.#findings
    if (cut) findings.cut(cut, /^Duration:.*\(sec\)$/.test(cut.text))
    const argv = this.#context.argv ?? null
    const options = readOptions('oslat', argv)
    const cpus = this.#cores(options.width)
    const durations = this.#fields.get('Duration') ?? null
    const durationS = durations === null || durations.length === 0 ? null : Math.min(...durations)
    const wantedDurationS = this.#runtimeS ?? options.durationS
    if (this.#threshold === null) checkDuration(durationS, wantedDurationS, findings)
    if (cpus.length === 0)
      findings.doubt('no-samples', this.#started ? 'the run ended without a table' : 'there is no table')
    const { exitCode } = this.#context
    if (exitCode !== undefined && exitCode !== 0)
      findings.doubt('tool-failed', `the tool ended with exit status ${exitCode}`)
    return {
      tool: 'oslat',
      toolVersion: this.#version,
      format: 'oslat text',
      argv,
      wantedDurationS,
      durationS,
      intervalUs: null,
      cpus,
      events: [],
      toolThresholdUs: options.breakUs ?? this.#threshold,
      exitCode: exitCode ?? null,
      findings: findings.list(),
    }
  }

  #cores(width: number | null): CpuMeasurement[] {
    const findings = this.#findings
    const columns = this.#columns
    const cores = this.#fields.get('Core')
    const count = cores?.length ?? columns.width
    const missing = ['Core', 'Minimum', 'Average', 'Maximum', 'Duration'].filter(
      (name) => !this.#fields.has(name),
    )
    if (count > 0 && missing.length > 0) {
      findings.doubt('truncated', `the table has no ${missing.join(', ')}: the file is cut or lines are lost`)
    }
    if (columns.width !== 0 && columns.width !== count) {
      findings.doubt('columns-differ', `${count} cores, but ${columns.width} columns of counts`)
    }
    for (const [name, values] of this.#fields) {
      if (values.length !== count)
        findings.doubt('columns-differ', `${count} cores, but ${values.length} values of ${name}`)
    }
    if (columns.rows > 0 && this.#lastLabel === null) {
      findings.doubt('truncated', `the bucket "${OVERFLOWS}" is missing`)
    }
    const pages = columns.finish()
    const whole = this.#lastLabel !== null && !findings.has('damaged-row')
    const widthNs = width ?? (this.#decimals ? null : DEFAULT_WIDTH_NS)
    const value = (name: string, core: number) => this.#fields.get(name)?.[core] ?? null
    const doubtfulMean = count > 1 && this.#lastLabel !== null
    const cpus = Array.from({ length: count }, (_, thread) => {
      const [min, max, spread] = ['Minimum', 'Maximum', 'Max-Min'].map((name) => value(name, thread))
      checkSpread(`core ${cores?.[thread] ?? thread}`, min ?? null, max ?? null, spread ?? null, findings)
      return oslatCore(
        {
          cpu: cores?.[thread] ?? null,
          thread,
          min: min ?? null,
          avg: value('Average', thread),
          max: max ?? null,
          durationS: value('Duration', thread),
          pages: columns.rows > 0 ? (pages[thread] ?? new Map()) : null,
          lastLabel: whole ? this.#lastLabel : null,
        },
        widthNs,
        false,
        findings,
      )
    })
    if (doubtfulMean && cpus.slice(1).some((cpu) => (cpu.histogram?.overflows ?? 0) > 0)) {
      findings.note(
        'average-doubtful',
        'oslat adds the overflow of the first core to the average of every core: the averages of the others are not exact',
      )
    }
    return cpus
  }

  #rowText(row: RegExpExecArray, line: number): void {
    const counts = row[3]!.replace(OVERFLOWS, '').trim()
    if (row[3]!.endsWith(OVERFLOWS)) this.#lastLabel = Number(row[1])
    const bytes = Buffer.from(counts)
    this.#store(Number(row[1]), bytes, 0, bytes.length, line)
  }

  #store(label: number, bytes: Uint8Array, start: number, end: number, line: number): boolean {
    const fate = this.#columns.add(label, bytes, start, end)
    if (fate !== 'stored') {
      const what =
        fate === 'out-of-order'
          ? `comes after ${this.#columns.lastIndex}`
          : `does not have ${this.#columns.width} counts`
      this.#findings.doubt('damaged-row', `a row was not counted: bucket ${label} ${what}`, line)
    }
    return true
  }

  #field(field: RegExpExecArray, line: number, cut: boolean): void {
    const [, name, text = '', unit] = field
    const values = text === '' ? [] : text.split(/\s+/)
    if (name !== 'Core' && name !== 'Counter Freq' && unit === undefined) {
      if (!cut) this.#findings.doubt('damaged-line', `the line '${name}' has no unit at its end`, line)
      return
    }
    if (cut && unit === undefined) return
    if (!values.every((value) => /^\d{1,15}(?:\.\d{1,9})?$/.test(value))) {
      this.#findings.doubt('damaged-line', `'${name}: ${text.slice(0, 60)}' is not numbers`, line)
      return
    }
    if ((name === 'Minimum' || name === 'Maximum') && text.includes('.')) this.#decimals = true
    this.#fields.set(name!, values.map(Number))
  }

  #rare(text: string): boolean {
    const runtime = /^Total runtime:\s+(\d{1,9}) seconds$/.exec(text)
    if (runtime) this.#runtimeS = Number(runtime[1])
    const broken =
      /^oslat: Trace threshold \((\d{1,9}) us\) triggered on cpu (\d{1,5}) with (\d{1,12}) us/.exec(text)
    if (broken) {
      this.#threshold = Number(broken[1])
      this.#findings.doubt(
        'limit-broken',
        `the run ended early because CPU ${broken[2]} broke the limit of ${broken[1]} us with ${broken[3]} us`,
      )
    }
    if (text.startsWith('Test starts')) this.#started = true
    return (
      runtime !== null ||
      broken !== null ||
      /^(?:\.\.\.$|Thread priority:|CPU list:|CPU for main thread:|Workload|Preheat cores:|Pre-heat for|Test starts|Test completed|INFO: |Stopping the test|Bucket|Using |Bias)/.test(
        text,
      )
    )
  }
}

export const oslatText: LineFormat = {
  recognise: (text) => text.search(ANCHOR),
  create: (context) => new OslatText(context),
}
