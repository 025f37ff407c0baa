import type { Aggregate } from '../core/report/aggregate-runs.ts'
import type { Comparison, Move } from '../core/report/compare-runs.ts'
import type { History, HistoryEntry, HistoryMeasurement } from '../engine/runs/history.ts'
import type { MissedRun } from '../engine/runs/missed-runs.ts'
import { colour, type Style } from './output.ts'
import { table } from './table.ts'

const STYLE: Record<HistoryEntry['result'], Style> = { pass: 'green', fail: 'red', undecided: 'yellow' }
const MISSED_SHOWN = 10
const HEAD = ['RUN', 'VERDICT', 'TOOL', 'SAMPLES', 'MAX', 'HIGHEST PERCENTILE']

/** The runs as a table, newest last, and below it what moved against the baseline. */
export function historyText({ entries, totals, comparisons, missed }: History): string {
  if (entries.length === 0)
    return `No run is kept yet. Make one: quietcore validate smoke\n${missedText(missed)}`
  const rows = entries.flatMap(({ run, result, measurements }) => {
    const verdict = colour(result, STYLE[result])
    if (measurements.length === 0) return [[run, verdict, 'nothing measured', '', '', '']]
    return measurements.map((one, index) => [
      index === 0 ? run : '',
      index === 0 ? verdict : '',
      ...cells(one),
    ])
  })
  const compared = (comparisons ?? []).map(comparisonText).join('')
  return `${table(HEAD, rows)}${totalText(totals, entries.length)}${missedText(missed)}${compared === '' ? '' : `\n${compared}`}`
}

/** Slots of the schedules that passed without a measurement, the last ones. */
function missedText(missed: readonly MissedRun[]): string {
  if (missed.length === 0) return ''
  const shown = missed.slice(-MISSED_SHOWN).map(({ at, suite, outcome, reason, next }) => {
    const word = colour(outcome, outcome === 'failed' ? 'red' : 'yellow')
    return `  ${at} ${suite} ${word}: ${reason}\n${outcome === 'failed' && next !== null ? `    ${next}\n` : ''}`
  })
  const which =
    missed.length > MISSED_SHOWN ? `the last ${MISSED_SHOWN} of ${missed.length}` : `${missed.length}`
  return `\nScheduled and not run (${which}):\n${shown.join('')}`
}

function cells({ step, tool, samples, maxUs, percentile, percentileUs }: HistoryMeasurement): string[] {
  return [
    step === null || step === tool ? tool : `${step} (${tool})`,
    samples === null ? '-' : samples.toLocaleString('en'),
    maxUs === null ? '-' : `${maxUs} µs`,
    percentile === null ? '-' : `p${percentile} ${percentileUs} µs`,
  ]
}

function totalText(totals: readonly Aggregate[], runs: number): string {
  if (runs < 2) return ''
  const lines = totals.map(({ tool, context, runs: counted, samples, maxUs, percentilesUs }) => {
    const carried = Object.entries(percentilesUs).filter(([, us]) => us !== null)
    const [percent, us] = carried.at(-1) ?? []
    const highest = percent === undefined ? '' : `, p${percent} ${us} µs`
    const name = context === null ? tool : `${tool} (${context})`
    return `  ${name}: ${counted} runs, ${samples.toLocaleString('en')} samples, worst ${maxUs ?? '-'} µs${highest}\n`
  })
  return `\nAll of them together:\n${lines.join('')}`
}

function comparisonText({ baseline, run, moves, notCompared, regression }: Comparison): string {
  if (moves.length === 0 && notCompared.length === 0) return `${run} against ${baseline}: nothing moved.\n`
  const lines = [...moves.map(moveText), ...notCompared].map((line) => `  ${line}\n`)
  const word = regression ? colour('a regression', 'red') : 'no regression'
  return `${run} against ${baseline}: ${word}.\n${lines.join('')}`
}

function moveText({
  tool,
  cpu,
  thread,
  context,
  metric,
  beforeUs,
  afterUs,
  afterIsLowerBound,
  kind,
}: Move): string {
  const who = cpu !== null ? `CPU ${cpu}` : thread !== null ? `thread ${thread}` : 'all CPUs'
  const where = `${who}${context === null ? '' : ` (${context})`}`
  const word = colour(kind, kind === 'worse' ? 'red' : 'green')
  return `${word}: ${tool} ${metric} on ${where} ${beforeUs} -> ${afterIsLowerBound ? '>= ' : ''}${afterUs} µs`
}
