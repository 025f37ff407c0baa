import { FindingList } from './findings.ts'
import { PageBuilder } from './histogram.ts'
import { cyclictestJson } from './json-cyclictest.ts'
import { oslatJson } from './json-oslat.ts'
import { JsonStream } from './json-stream.ts'
import type { RunContext } from './line-parser.ts'
import type { Measurement } from './measurement.ts'

/** One entry of `thread` as rt-tests write it. */
export interface JsonThread {
  /** cycles, min, max, avg, cpu, node, freq, duration as far as they are there; -nan is null */
  numbers: Map<string, number | null>
  /** null when the key "histogram" is not there; `last` is the largest bucket, as JSON has no order */
  histogram: { pages: PageBuilder; entries: number; counted: number; last: number } | null
}

/** A whole JSON report, whichever rt-tests program wrote it. */
export interface JsonReport {
  /** keys of the outermost object, without the stray colon that `"cmdline:"` has */
  head: Map<string, string>
  threads: Map<number, JsonThread>
  argv: readonly string[] | null
  context: RunContext
  findings: FindingList
}

const PROGRAM =
  /(cyclictest|oslat|signaltest|cyclicdeadline|deadline_test|pmqtest|ptsematest|sigwaittest|svsematest|ssdd|pip_stress|pi_stress|rt-migrate-test)/
/** A bucket beyond this is damage, not a latency: cyclictest has at most 1,000,000 buckets. */
const MAX_BUCKET = 4_000_000

/** Reads one JSON object into a Measurement. */
export class JsonRun {
  readonly #stream: JsonStream
  readonly #report: JsonReport
  readonly #firstLine: number

  constructor(context: RunContext, firstLine: number) {
    this.#firstLine = firstLine
    this.#report = { head: new Map(), threads: new Map(), argv: null, context, findings: new FindingList() }
    this.#stream = new JsonStream({
      object: (path) => this.#object(path),
      value: (path, text) => this.#value(path, text),
    })
  }

  get lines(): number {
    return this.#firstLine + this.#stream.lines - 1
  }

  /** Bytes used when the object is whole, else -1. */
  write(bytes: Uint8Array): number {
    return this.#stream.write(bytes)
  }

  /** null when it is JSON of something else. */
  end(): Measurement | null {
    const { head, threads, context, findings } = this.#report
    const cmdline = head.get('cmdline')
    const words = cmdline === undefined ? null : cmdline.trim().split(/\s+/)
    const program = PROGRAM.exec(words?.[0]?.split('/').at(-1) ?? '')?.[1]
    const known = [...threads.values()].some(({ numbers }) => numbers.has('max') || numbers.has('cycles'))
    if (!program && !(known && (head.has('file_version') || head.has('num_threads')))) return null
    if (!this.#stream.closed)
      findings.doubt('truncated', 'the JSON is not closed: the file ends too early', this.lines)
    if (this.#stream.damaged > 0) {
      const line = this.#firstLine + (this.#stream.damagedLine ?? 1) - 1
      findings.doubt('damaged-json', `${this.#stream.damaged} characters have no place in JSON`, line)
    }
    const report = { ...this.#report, argv: context.argv ?? words }
    const oslat =
      program === 'oslat' || (!program && [...threads.values()].some(({ numbers }) => numbers.has('freq')))
    return oslat ? oslatJson(report) : cyclictestJson(report, program ?? 'cyclictest')
  }

  #object(path: readonly string[]): void {
    const thread = this.#thread(path)
    if (thread && path.length === 3 && path[2] === 'histogram' && !thread.histogram) {
      thread.histogram = { pages: new PageBuilder(), entries: 0, counted: 0, last: -1 }
    }
  }

  #value(path: readonly string[], text: string): void {
    if (path.length === 1) this.#report.head.set(path[0]!.replace(/:$/, ''), text)
    const thread = this.#thread(path)
    if (!thread) return
    if (path[2] === 'histogram' && path.length === 4 && thread.histogram)
      this.#bucket(thread.histogram, path[3]!, text)
    else if (path.length === 3 || isPairField(path)) thread.numbers.set(path.at(-1)!, jsonNumber(text))
  }

  #thread(path: readonly string[]): JsonThread | null {
    if (path.length < 2 || path[0] !== 'thread' || !/^\d{1,5}$/.test(path[1]!)) return null
    const number = Number(path[1])
    const thread = this.#report.threads.get(number) ?? { numbers: new Map(), histogram: null }
    this.#report.threads.set(number, thread)
    return thread
  }

  #bucket(histogram: NonNullable<JsonThread['histogram']>, key: string, text: string): void {
    const bucket = Number(key)
    const count = Number(text)
    if (!/^\d{1,9}$/.test(key) || bucket > MAX_BUCKET || !/^\d{1,15}$/.test(text)) {
      this.#report.findings.doubt(
        'damaged-row',
        `"${key.slice(0, 20)}": ${text.slice(0, 20)} is not a bucket and its count`,
        this.lines,
      )
      return
    }
    if (bucket === histogram.last || histogram.pages.has(bucket)) {
      this.#report.findings.doubt('damaged-row', `bucket ${bucket} comes twice`, this.lines)
      return
    }
    histogram.pages.add(bucket, count)
    histogram.entries++
    histogram.counted += count
    if (bucket > histogram.last) histogram.last = bucket
  }
}

/** pmqtest and its kin nest the number of samples under "sender" and the times under "receiver". */
function isPairField(path: readonly string[]): boolean {
  const [, , role, field] = path
  return (
    path.length === 4 &&
    (role === 'receiver' || (role === 'sender' && (field === 'samples' || field === 'interval')))
  )
}

/** null for -nan, nan, inf and anything else that is no finite number. */
function jsonNumber(text: string): number | null {
  return /^-?\d{1,15}(?:\.\d{1,9})?(?:e[+-]?\d{1,2})?$/.test(text) ? Number(text) : null
}

/** Whether the text begins with `{` and goes on in the same line; null while that is not known. */
export function isOneLineJson(head: Buffer): boolean | null {
  const match = /^\s*(\S?)([ \t\r]*)(.?)/s.exec(head.toString('latin1', 0, 4096))!
  if (match[1] !== '{') return match[1] === '' && head.length < 4096 ? null : false
  return match[3] === '' ? null : match[3] !== '\n'
}
