import type { FindingList } from './findings.ts'

const MAX_ANALYSIS_LINES = 200
const ANALYSIS =
  /^(?:## CPU \d+ hit stop tracing|Previous IRQ interference|IRQ handler delay|IRQ latency|Timerlat IRQ duration|Blocking thread|NMI interference|IRQ interference|Softirq interference|Thread interference|Thread latency|There is no|The system has exit from idle|Max timerlat IRQ latency from idle|Printing CPU tasks|->|-{20,}|User return|\S+:\d+ +[\d.]+ us)/

/**
 * The lines that rtla prints below its table: why it stopped, its automatic analysis, and what it lost. They belong to
 * the run and say what its numbers are worth.
 */
export class RtlaNotes {
  #analysis: string[] = []
  stopped = false

  /** True when the line is one of rtla's remarks. */
  line(text: string, number: number, findings: FindingList): boolean {
    if (/^rtla (?:timerlat|osnoise) hit stop tracing/.test(text)) {
      this.stopped = true
      findings.doubt(
        'limit-broken',
        'the run ended early because its limit was broken (rtla hit stop tracing)',
        number,
      )
      return true
    }
    if (/events missed|events? lost|results might not be accurate/i.test(text)) {
      findings.doubt('missed-events', `rtla lost events: ${text.slice(0, 160)}`, number)
      return true
    }
    if (/^(?:Saving trace to|Failed to|Could not|Unable to|Error |Warning:)/.test(text)) {
      if (!text.startsWith('Saving')) findings.note('tool-message', text.slice(0, 200), number)
      return true
    }
    if (!ANALYSIS.test(text)) return false
    if (this.#analysis.length < MAX_ANALYSIS_LINES && !text.startsWith('---'))
      this.#analysis.push(text.replace(/ {2,}/g, ' '))
    return true
  }

  /** The analysis as one finding. */
  finish(findings: FindingList): void {
    if (this.#analysis.length > 0) findings.note('auto-analysis', this.#analysis.join('; '))
  }
}

/** `0 00:00:05` (days, hours, minutes, seconds) as seconds; null when it is not that. */
export function rtlaDurationS(text: string): number | null {
  const match = /(\d{1,6}) (\d\d):(\d\d):(\d\d)/.exec(text)
  return match
    ? ((Number(match[1]) * 24 + Number(match[2])) * 60 + Number(match[3])) * 60 + Number(match[4])
    : null
}

/** `-` and the largest unsigned number are rtla's ways to say that there is nothing. */
export function rtlaValue(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}
