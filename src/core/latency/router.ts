import { joinTextAndJson } from './cross-check.ts'
import { isAfterglow, learnPrefix, redraws, stripAnsi, stripPrefixes } from './decoration.ts'
import { isOneLineJson, JsonRun } from './json-run.ts'
import type { LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import { LineSplitter } from './lines.ts'
import type { Measurement } from './measurement.ts'
import { trimEnd } from './scan.ts'
import { emptyFile, notALatencyFile } from './unreadable.ts'

/** A text without any known line in so many bytes is not going to have one. */
const GIVE_UP_BYTES = 64 * 1024 * 1024

/** Gives each line to the run that it belongs to: the current one, or a new one of the format that knows it. */
export class Router {
  readonly #formats: readonly LineFormat[]
  readonly #context: RunContext
  readonly #splitter: LineSplitter
  readonly #done: Measurement[] = []
  #run: LineParser | null = null
  #format: LineFormat | null = null
  #json: JsonRun | null = null
  #learned: RegExp | null = null
  #number = 0
  #foreign = 0
  #foreignSinceMine = 0
  #bytes = 0
  /** the file begins with `{` and more on the same line: JSON that may be one endless line; null: not known yet */
  #oneLine: boolean | null = null
  #head = Buffer.alloc(0)
  #braceLine = 0
  #blank = true

  constructor(formats: readonly LineFormat[], context: RunContext) {
    this.#formats = formats
    this.#context = context
    this.#splitter = new LineSplitter({
      line: (bytes, start, end, cut) => this.#line(bytes, start, end, cut),
      tooLong: () => {
        this.#number++
        this.#foreignSinceMine++
      },
    })
  }

  write(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength
    let rest = chunk
    if (this.#oneLine === null) {
      this.#head = this.#head.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#head, chunk])
      this.#oneLine = isOneLineJson(this.#head)
      if (this.#oneLine === null) return
      rest = this.#head
      if (this.#oneLine) this.#json = new JsonRun(this.#context, 1)
    }
    if (this.#oneLine && this.#json) {
      const used = this.#json.write(rest)
      if (used < 0) return
      this.#number = this.#json.lines
      this.#endJson()
      rest = rest.subarray(used)
    }
    this.#splitter.write(rest)
    if (this.#bytes > GIVE_UP_BYTES && !this.#run && !this.#json && this.#done.length === 0)
      throw notALatencyFile()
  }

  end(): readonly Measurement[] {
    if (this.#oneLine === null) this.#splitter.write(this.#head)
    this.#splitter.end()
    this.#endJson()
    this.#endRun(null)
    if (this.#done.length === 0)
      throw this.#blank && this.#bytes < GIVE_UP_BYTES ? emptyFile(this.#bytes) : notALatencyFile()
    return joinTextAndJson(this.#done)
  }

  #line(bytes: Buffer, start: number, end: number, cut: boolean): void {
    this.#number++
    if (this.#json) {
      this.#jsonLine(bytes, start, end, cut)
      return
    }
    let first = start
    while (first < end && (bytes[first] === 32 || bytes[first] === 9)) first++
    const last = trimEnd(bytes, first, end)
    if (first === last) {
      if (cut) this.#endRun({ text: '', number: this.#number, cut, redraw: false })
      return
    }
    this.#blank = false
    const digit = bytes[first]! - 48
    if (this.#run && !cut && digit >= 0 && digit <= 9 && this.#run.row(bytes, first, last, this.#number)) {
      this.#mine()
      return
    }
    const raw = bytes.toString('utf8', first, last)
    const text = this.#plain(raw)
    const line = { text, number: this.#number, cut, redraw: redraws(raw) }
    if (text !== '') this.#text(line, text !== raw)
    else if (cut && !isAfterglow(raw)) this.#endRun(line)
  }

  #plain(raw: string): string {
    return stripPrefixes(stripAnsi(raw).replaceAll('\0', '').trim(), this.#learned)
  }

  #text(line: TextLine, prefixed: boolean): void {
    const { text, cut } = line
    if (this.#run) {
      if (prefixed && !cut && /^\d/.test(text)) {
        const bytes = Buffer.from(text)
        if (this.#run.row(bytes, 0, bytes.length, this.#number)) {
          this.#mine()
          return
        }
      }
      const fate = this.#run.line(line)
      if (fate === 'mine') {
        this.#mine()
        if (cut) this.#endRun(line)
        return
      }
      const format = this.#format
      if (fate === 'next-run' && format) {
        const held = this.#run.held?.() ?? []
        // half a line, such as `# Histogram` of `# Histogram Overflows:`, begins nothing
        this.#endRun(cut && held.length === 0 ? line : null)
        for (const before of held) this.#continue(format, before)
        if (!cut || held.length > 0) this.#continue(format, line)
        return
      }
    }
    if (this.#beginsJson(text)) return
    for (const format of this.#formats) {
      const at = format.recognise(text)
      if (at === -1 || format === this.#format) continue
      if (at > 0) this.#learned = learnPrefix(text.slice(0, at))
      this.#endRun(null)
      this.#begin(format, { ...line, text: text.slice(at) })
      return
    }
    this.#foreignSinceMine++
    // the prompt of a shell is no line of the tool that was cut; the `0 #` of rtla top is
    if (cut && this.#run && !/^(?!\d+ #$)[^#].*[#$%>]$/.test(text)) this.#endRun(line)
  }

  /** A line of a run of this format: the current one, or else a new one. */
  #continue(format: LineFormat, line: TextLine): void {
    if (!this.#run) this.#begin(format, line)
    else {
      this.#run.line(line)
      if (line.cut) this.#endRun(line)
    }
  }

  #begin(format: LineFormat, line: TextLine): void {
    this.#format = format
    this.#run = format.create(this.#context)
    this.#foreign = 0
    this.#foreignSinceMine = 0
    const bytes = Buffer.from(line.text)
    const row = !line.cut && /^\d/.test(line.text) && this.#run.row(bytes, 0, bytes.length, line.number)
    if (!row) this.#run.line(line)
    if (line.cut) this.#endRun(line)
  }

  #mine(): void {
    this.#foreign += this.#foreignSinceMine
    this.#foreignSinceMine = 0
  }

  #endRun(cut: TextLine | null): void {
    const run = this.#run
    if (!run) return
    this.#run = null
    this.#format = null
    if (this.#foreign > 0) run.foreign(this.#foreign)
    this.#done.push(run.end(cut))
  }

  /** A line that is `{`, or (behind a prefix that is not known) the line after it that has the first key. */
  #beginsJson(text: string): boolean {
    const key = text.indexOf('"file_version"')
    const learned = key > 0 && !text.startsWith('{') && this.#braceLine === this.#number - 1
    if (text.endsWith('{')) this.#braceLine = this.#number
    if (!learned && !/^\{\s*(?:"|$)/.test(text)) return false
    this.#json = new JsonRun(this.#context, this.#number)
    if (learned) this.#learned = learnPrefix(text.slice(0, key).trimEnd())
    const bytes = Buffer.from(learned ? `{ ${text.slice(key)}\n` : `${text}\n`)
    if (this.#json.write(bytes) >= 0) this.#endJson()
    return true
  }

  #jsonLine(bytes: Buffer, start: number, end: number, cut: boolean): void {
    let first = start
    while (first < end && bytes[first]! <= 32) first++
    const next = bytes[first]
    // the usual line: a key, or braces
    if (!cut && (next === 34 || next === 123 || next === 125)) {
      if (this.#json!.write(bytes.subarray(first, end + 1)) >= 0) this.#endJson()
      return
    }
    const text = this.#plain(bytes.toString('utf8', start, end))
    if (!/^["{}[\]]|^-?\d/.test(text)) return
    if (this.#json!.write(Buffer.from(cut ? text : `${text}\n`)) >= 0) this.#endJson()
  }

  #endJson(): void {
    const json = this.#json
    if (!json) return
    this.#json = null
    this.#blank = false
    const measurement = json.end()
    if (measurement) this.#done.push(measurement)
  }
}
