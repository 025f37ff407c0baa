import type { Comparison, Moved } from '../engine/runs/compare-runs.ts'
import type { History, HistoryEntry, HistoryMeasurement } from '../engine/runs/history.ts'
import { colour, type Style } from './output.ts'
import { table } from './table.ts'

const STYLE: Record<HistoryEntry['result'], Style> = { pass: 'green', fail: 'red', undecided: 'yellow' }
const HEAD = ['RUN', 'VERDICT', 'TOOL', 'SAMPLES', 'MAX', 'HIGHEST PERCENTILE']

/** The runs as a table, newest last, and below it what moved against the baseline. */
export function historyText({ entries, comparisons }: History): string {
  if (entries.length === 0) return 'No run is kept yet. Make one: quietcore validate smoke\n'
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
  return `${table(HEAD, rows)}${compared === '' ? '' : `\n${compared}`}`
}

function cells({ step, tool, samples, maxUs, percentile, percentileUs }: HistoryMeasurement): string[] {
  return [
    step === null || step === tool ? tool : `${step} (${tool})`,
    samples === null ? '-' : samples.toLocaleString('en'),
    maxUs === null ? '-' : `${maxUs} µs`,
    percentile === null ? '-' : `p${percentile} ${percentileUs} µs`,
  ]
}

function comparisonText({ baseline, run, moved, missing }: Comparison): string {
  if (moved.length + missing.length === 0) return `${run} against ${baseline}: nothing moved.\n`
  const lines = [...moved.map(movedText), ...missing].map((line) => `  ${line}\n`)
  return `${run} against ${baseline}:\n${lines.join('')}`
}

function movedText({ tool, cpu, context, metric, beforeUs, afterUs, direction }: Moved): string {
  const where = `${cpu === null ? 'a thread' : `CPU ${cpu}`}${context === null ? '' : ` (${context})`}`
  const word = colour(direction, direction === 'worse' ? 'red' : 'green')
  return `${word}: ${tool} ${metric} on ${where} ${beforeUs} -> ${afterUs} µs`
}
