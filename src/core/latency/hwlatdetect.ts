import { readOptions } from './argv.ts'
import { FindingList } from './findings.ts'
import { type HwlatSample, HwlatSamples, hwlatSample } from './hwlat-sample.ts'
import type { LineFate, LineFormat, LineParser, RunContext, TextLine } from './line-parser.ts'
import type { Measurement } from './measurement.ts'

const ANCHOR =
  /hwlatdetect:\s+test duration \d|Max Latency:\s|Samples recorded:\s*\d|Latency threshold:\s*\d+us|ts: *\d+\.\d+, *(?:delta|inner):|#\d+ +inner\/outer\(us\):|hwlat.*hwlat tracer not available/
const TALK_SAMPLE = /^\d{9,10}\.\d{9,10}\s+\d{1,9}\s+\d{1,9}$/

/**
 * One run of hwlatdetect (all versions), or samples of the hwlat tracer. A test result without events is a result: its
 * maximum is below the threshold, so `maxUs` is null and `toolThresholdUs` holds what it is below.
 */
class Hwlatdetect implements LineParser {
  readonly #context: RunContext
  readonly #findings = new FindingList()
  readonly #samples = new HwlatSamples()
  readonly #facts = new Map<string, string>()
  #finished = false
  #interrupted = false
  #lastCut: HwlatSample | null = null

  constructor(context: RunContext) {
    this.#context = context
  }

  row(): boolean {
    return false
  }

  line({ text, number, cut }: TextLine): LineFate {
    const duration = /^hwlatdetect:\s+test duration (\d{1,12}) seconds/.exec(text)
    if (duration) {
      if (this.#facts.has('duration') || this.#finished) return 'next-run'
      this.#facts.set('duration', duration[1]!)
      return 'mine'
    }
    const sample = hwlatSample(text)
    if (sample) {
      if (cut) this.#lastCut = sample
      else this.#samples.add(sample)
      return 'mine'
    }
    const fact = FACT.exec(text)
    if (fact) {
      if (!cut) this.#facts.set(fact[1]!.toLowerCase(), fact[2]!)
      return 'mine'
    }
    if (text.startsWith('test finished')) this.#finished = true
    else if (text.startsWith('interrupted')) this.#interrupted = true
    else if (/^ts: *\d/.test(text) || /^#\d+ +inner\//.test(text)) {
      this.#findings.doubt('damaged-line', `'${text.slice(0, 80)}' is not a whole sample`, number)
    } else if (!/^(?:detector:|parameters:|Starting test|MTBF:|SMIs? |\d+ SMIs|There |No SMIs)/.test(text))
      return 'other'
    if (/^(\d+) SMIs occured/.test(text) && !text.startsWith('0 '))
      this.#findings.note('smi-during-run', text, number)
    return 'mine'
  }

  foreign(count: number): void {
    this.#findings.foreign(count)
  }

  end(cut: TextLine | null): Measurement {
    const findings = this.#findings
    if (this.#samples.recorded > this.#samples.events.length) {
      findings.note(
        'events-shortened',
        `${this.#samples.recorded} samples: the first are kept, all are counted`,
      )
    }
    const argv = this.#context.argv ?? null
    const options = readOptions('hwlatdetect', argv)
    if (cut) this.#cut(cut)
    const us = (name: string) => amountUs(this.#facts.get(name))
    const threshold = us('latency threshold') ?? options.breakUs
    const headed = this.#facts.has('duration') || this.#facts.has('latency threshold')
    const summary = this.#facts.get('max latency')
    if (headed && summary === undefined)
      findings.doubt(
        'truncated',
        'the summary (Max Latency) is missing: the run did not end, or the file is cut',
      )
    if (!headed && summary !== undefined)
      findings.note('no-header', 'the header is missing: the beginning of the file may be lost')
    if (!headed && summary === undefined) {
      findings.note(
        'no-summary',
        'only samples, no header or summary (--quiet, or the tracer itself): when the run ended is not in the file',
      )
    }
    if (this.#interrupted) findings.doubt('interrupted', 'the run was interrupted')
    const maxUs = this.#checkSummary(summary, threshold)
    this.#checkCounts(headed && summary !== undefined)
    const wanted = this.#facts.get('duration')
    const wantedDurationS = wanted === undefined ? options.durationS : Number(wanted)
    const over = this.#samples.counted ? this.#samples.countSum : this.#samples.recorded
    return {
      tool: 'hwlatdetect',
      toolVersion: null,
      format:
        this.#samples.events.length === 0
          ? 'hwlatdetect, no samples listed'
          : `hwlatdetect, ${this.#samples.counted ? 'samples with count' : 'samples'}`,
      argv,
      wantedDurationS,
      durationS: this.#finished && !this.#interrupted && summary !== undefined ? wantedDurationS : null,
      intervalUs: us('sample window'),
      cpus: [
        {
          cpu: null,
          thread: null,
          context: null,
          samples: null,
          minUs: null,
          meanUs: null,
          maxUs,
          histogram: null,
        },
      ],
      events: this.#samples.events,
      eventCount:
        summary === undefined && headed
          ? null
          : Math.max(over, Number(this.#facts.get('samples exceeding threshold') ?? 0)),
      toolThresholdUs: threshold,
      exitCode: this.#context.exitCode ?? null,
      findings: findings.list(),
    }
  }

  /** A last sample without line feed may be half a number; the summary says whether it can be the maximum. */
  #cut(cut: TextLine): void {
    const recorded = Number(this.#facts.get('samples recorded') ?? Number.NaN)
    if (this.#lastCut && recorded === this.#samples.recorded + 1) {
      this.#samples.add(this.#lastCut)
      this.#findings.cut(cut, amountUs(this.#facts.get('max latency')) === this.#samples.maxUs)
    } else this.#findings.cut(cut, recorded === 0 && /^Samples exceeding threshold: 0$/.test(cut.text))
  }

  #checkSummary(summary: string | undefined, threshold: number | null): number | null {
    const said = amountUs(summary)
    const below = summary !== undefined && /^below threshold/i.test(summary)
    if (summary !== undefined && said === null && !below) {
      this.#findings.doubt('damaged-line', `the summary's maximum is '${summary.slice(0, 40)}'`)
      return this.#samples.maxUs
    }
    if (this.#samples.maxUs === null) {
      if (said !== null && said > 0) {
        this.#findings.doubt('events-missing', `the summary's maximum is ${said} us, but no sample is listed`)
        return said
      }
      return null
    }
    const none = below || said === 0
    if (none || (said !== null && said !== this.#samples.maxUs)) {
      this.#findings.doubt(
        'contradictory',
        `the summary's maximum is '${summary}', the samples reach ${this.#samples.maxUs} us`,
      )
    }
    if (threshold !== null && this.#samples.maxUs < threshold) {
      this.#findings.note('below-threshold', `samples below the threshold of ${threshold} us are listed`)
    }
    return Math.max(this.#samples.maxUs, said ?? 0)
  }

  /** "Samples exceeding threshold" is the sum of the counts from 2.10 on (the kernel groups), so it may be more. */
  #checkCounts(whole: boolean): void {
    const recorded = this.#facts.get('samples recorded')
    const exceeding = this.#facts.get('samples exceeding threshold')
    if (whole && (recorded === undefined || exceeding === undefined)) {
      this.#findings.doubt('truncated', 'the summary ends before its number of samples')
    }
    if (recorded !== undefined && Number(recorded) !== this.#samples.recorded) {
      this.#findings.doubt(
        'events-differ',
        `the summary says ${recorded} samples, ${this.#samples.recorded} are listed`,
      )
    }
    if (exceeding === undefined) return
    if (
      this.#samples.counted
        ? Number(exceeding) !== this.#samples.countSum
        : Number(exceeding) < this.#samples.recorded && this.#finished
    ) {
      this.#findings.note(
        'exceeding-differs',
        `${exceeding} samples above the threshold in the summary, ${this.#samples.countSum} in the list`,
      )
    }
  }
}

const FACT =
  /^(Latency threshold|Sample window|Sample width|Non-sampling period|Output File|CPU list|Max Latency|Samples recorded|Samples exceeding threshold|SMIs during run|test duration):\s*(.*?)(?:\s*<\d+>)?$/i

function amountUs(text: string | undefined): number | null {
  const match = /^(\d{1,12})(?:us)?\b/.exec(text ?? '')
  return match ? Number(match[1]) : null
}

export const hwlatdetect: LineFormat = {
  recognise(text) {
    const anchor = text.search(ANCHOR)
    // the CPU stands before the sample
    if (/#\d+ +inner\/outer\(us\):/.test(text)) return 0
    if (anchor !== -1 && /hwlat tracer not available/.test(text)) return -1
    return anchor === -1 && TALK_SAMPLE.test(text) ? 0 : anchor
  },
  create: (context) => new Hwlatdetect(context),
}
