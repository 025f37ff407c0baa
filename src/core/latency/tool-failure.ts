import { FindingList } from './findings.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { Measurement } from './measurement.ts'

/** What a tool prints when it could not measure, and which tool says it. */
const FAILURES: readonly (readonly [pattern: RegExp, tool: string, why: string])[] = [
  [/hwlat tracer not available/, 'hwlatdetect', 'the kernel has no hwlat tracer (CONFIG_HWLAT_TRACER)'],
  [/DetectorNotAvailable/, 'hwlatdetect', 'hwlatdetect has no detector'],
  [/must be root to run/i, 'hwlatdetect', 'it must be run as root'],
  [/FATAL: SMI counter is not supported/, 'cyclictest', 'this processor has no SMI counter (--smi)'],
  [
    /unable to change scheduling policy|need to run as root or/i,
    'cyclictest',
    'it has no privilege for real-time scheduling',
  ],
  [
    /Unable to change scheduling policy|Operation not permitted/,
    'cyclictest',
    'it has no privilege for real-time scheduling',
  ],
  [/cyclictest V [\d.]+$|cyclictest <options>$/, 'cyclictest', 'it printed its usage: an option is wrong'],
  [
    /(?:cyclictest|oslat)\S*: (?:unrecognized|invalid|unknown) option/,
    'cyclictest',
    'it does not know an option',
  ],
  [
    /rtla osnoise.*\(version|usage: (?:\[?rtla\]?) osnoise/,
    'rtla-osnoise',
    'it printed its usage: an option is wrong',
  ],
  [
    /rtla timerlat.*\(version|usage: (?:\[?rtla\]?) timerlat|rtla version \d|(?:hist|top): (?:unrecognized|invalid) option/,
    'rtla-timerlat',
    'it printed its usage: an option is wrong',
  ],
]

/** A tool that could not run: a Python traceback, a usage text, a refusal. No number, and never a verdict. */
class ToolFailure implements LineParser {
  readonly #context: RunContext
  readonly #findings = new FindingList()
  #tool = 'unknown'

  constructor(context: RunContext) {
    this.#context = context
  }

  row(): boolean {
    return false
  }

  line({ text, number }: TextLine): LineFate {
    const failure = FAILURES.find(([pattern]) => pattern.test(text))
    if (/Traceback \(most/.test(text)) {
      this.#tool = 'hwlatdetect'
      return 'mine'
    }
    if (!failure) return 'other'
    if (!this.#findings.has('tool-could-not-run')) {
      this.#tool = failure[1]
      this.#findings.doubt(
        'tool-could-not-run',
        `${failure[1]} could not run: ${failure[2]} ('${text.slice(0, 120)}')`,
        number,
      )
    }
    return 'mine'
  }

  foreign(): void {}

  end(): Measurement {
    if (!this.#findings.has('tool-could-not-run')) {
      this.#findings.doubt('tool-could-not-run', 'the tool died with a Python traceback')
    }
    return {
      tool: this.#tool,
      toolVersion: null,
      format: 'failure message',
      argv: this.#context.argv ?? null,
      wantedDurationS: null,
      durationS: null,
      intervalUs: null,
      cpus: [],
      events: [],
      toolThresholdUs: null,
      exitCode: this.#context.exitCode ?? null,
      findings: this.#findings.list(),
    }
  }
}

export const toolFailure: LineFormat = {
  recognise(text) {
    const traceback = text.search(/File ".*hwlatdetect/)
    return traceback !== -1 ? traceback : Math.max(-1, ...FAILURES.map(([pattern]) => text.search(pattern)))
  },
  create: (context) => new ToolFailure(context),
}
