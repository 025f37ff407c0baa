import { formatDuration } from '../suite/time.ts'
import type { Result } from '../verdict/verdict.ts'
import { renderBars } from './bars.ts'
import {
  count,
  cpuName,
  formatInterval,
  measurementTitle,
  percentileCell,
  runTitle,
  SHOWN_PERCENTILES,
  totals,
  us,
} from './cells.ts'
import { histogramOf } from './measurement-record.ts'
import type { Reporter } from './reporter.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'
import { displayWidth, renderTable } from './table.ts'

const WIDTH = 100
const COLOR: Record<Result, string> = { pass: '32', fail: '31', undecided: '33' }
const MOST_EVENTS = 10

/** For a terminal of 100 columns: the verdict and its reasons, then a table and a histogram for each measurement. */
export const textReporter: Reporter = {
  name: 'text',
  extension: 'txt',
  render(run, options) {
    const blocks = [
      head(run, options?.color === true),
      list('Why', run.verdict.reasons),
      ...run.measurements.map(measurementBlock),
      list('What may be claimed', run.verdict.claims),
      contextBlock(run),
      list('Findings', findings(run)),
    ]
    return `${blocks
      .filter((block) => block.length > 0)
      .map((block) => block.join('\n'))
      .join('\n\n')}\n`
  },
}

function head(run: RunRecord, color: boolean): string[] {
  const { result } = run.verdict
  const word = result.toUpperCase()
  const facts = [
    ['run', run.id],
    ['started', run.startedAt],
    ['lasted', run.durationS === null ? null : formatDuration(run.durationS)],
    ['host', run.host && `${run.host.name} (${run.host.os}, ${run.host.cpuModel})`],
    ['kernel', run.kernel && `${run.kernel.release}${run.kernel.realtime ? ' PREEMPT_RT' : ''}`],
    ['tuning', `${run.tuning.state}${run.tuning.profile === null ? '' : `, ${run.tuning.profile}`}`],
  ].filter((fact): fact is [string, string] => fact[1] !== null)
  return [
    clean(`${color ? `\u001b[1;${COLOR[result]}m${word}\u001b[0m` : word}  `, runTitle(run)),
    ...renderTable(facts.map(([name]) => [`  ${name}`])).map((name, i) => clean(`${name}  `, facts[i]![1])),
  ]
}

/** Control characters of a hostile name must not reach the terminal. */
function clean(before: string, text: string): string {
  return before + text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�')
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [title, ...items.flatMap((item) => wrap(clean('', item)))]
}

/** Lines of at most 100 columns, `- ` before the first. */
function wrap(text: string): string[] {
  const lines: string[] = []
  let line = '  -'
  for (const word of text.split(' ')) {
    if (displayWidth(line) + 1 + displayWidth(word) > WIDTH) {
      lines.push(line)
      line = '   '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

function measurementBlock(measurement: MeasurementRecord): string[] {
  const rows: readonly CpuRecord[] = [
    ...measurement.cpus,
    ...(measurement.cpus.length > 1 ? totals(measurement) : []),
  ]
  const facts = [
    measurement.durationS === null ? null : formatDuration(measurement.durationS),
    measurement.intervalUs === null ? null : `every ${formatInterval(measurement.intervalUs)}`,
    'values in µs',
  ].filter((fact) => fact !== null)
  // hwlatdetect has a largest value and events, and nothing else that a table could show
  const counted = rows.some((cpu) => cpu.samples !== null || cpu.histogram !== null)
  const largest = rows.find((cpu) => cpu.maxUs !== null)?.maxUs
  const table = renderTable([
    ['CPU', 'samples', 'min', 'mean', 'max', ...SHOWN_PERCENTILES.map((p) => `p${p}`), 'overflow'],
    ...rows.map((cpu) => [
      cpuName(cpu),
      count(cpu.samples),
      us(cpu.minUs),
      us(cpu.meanUs, 2),
      us(cpu.maxUs),
      ...SHOWN_PERCENTILES.map((p) => percentileCell(cpu, p)),
      count(cpu.overflows),
    ]),
  ])
  return [
    clean('', `${measurementTitle(measurement)} (${facts.join(', ')})`),
    ...(counted ? table.map((line) => `  ${line}`) : largest === undefined ? [] : [`  max ${us(largest)}`]),
    ...totals(measurement).flatMap(histogramBlock),
    ...eventLines(measurement),
  ]
}

function histogramBlock(all: CpuRecord): string[] {
  if (!all.histogram) return []
  const bars = renderBars(histogramOf(all.histogram))
  const context = all.context === null ? '' : ` ${all.context}`
  return bars.length === 0 ? [] : ['', `  µs, samples, all CPUs${context}, length is the logarithm`, ...bars]
}

function eventLines({ events, eventCount }: MeasurementRecord): string[] {
  if (events.length === 0) return []
  const shown = events.slice(0, MOST_EVENTS)
  const table = renderTable([
    ['at', 'CPU', 'inner', 'outer', 'count'],
    ...shown.map((event) => [
      clean('', event.timestamp),
      count(event.cpu),
      us(event.innerUs),
      us(event.outerUs),
      count(event.count),
    ]),
  ])
  const rest = Math.max(events.length, eventCount ?? 0) - shown.length
  return ['', ...table.map((line) => `  ${line}`), ...(rest > 0 ? [`  and ${rest} more`] : [])]
}

function contextBlock(run: RunRecord): string[] {
  if (!run.context || run.context.changes.length === 0) return []
  const lines = run.context.changes.map(({ name, where, before, after, note }) =>
    [where, name, `${before ?? '–'} → ${after ?? '–'}`, note && `(${note})`].filter(Boolean).join(' '),
  )
  return list('During the run', lines)
}

function findings(run: RunRecord): string[] {
  return run.measurements.flatMap((measurement) =>
    measurement.findings.map(
      ({ message, line }) =>
        `${measurementTitle(measurement)}: ${message}${line === undefined ? '' : ` (line ${line})`}`,
    ),
  )
}
