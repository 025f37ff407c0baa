import type { Explanation } from './compare.ts'
import type { Cost, Figures, Idle, Side } from './figures.ts'

/** Table of what differs between the two tuned machines. */
export function differenceTable(explained: readonly Explanation[]): string {
  const rows = explained.map(({ what, tuned, quietcore, why }) => [what, tuned, quietcore, why])
  return table(['what', 'TuneD', 'quietcore', 'why'], rows)
}

const COMMANDS: Readonly<Record<string, string>> = {
  apply: 'apply, from off',
  again: 'apply again',
  off: 'off',
  verify: 'verify',
  status: 'what is applied',
  list: 'list profiles',
}

/** Table of what both cost, with the machine and the versions. */
export function figureTable({ date, machine, hostLoad, hostCpus, tuned, quietcore }: Figures): string {
  const rows = Object.entries(COMMANDS).map(([name, label]) => {
    const [theirs, ours] = [tuned.costs[name], quietcore.costs[name]]
    return [label, ...costCells(theirs), ...costCells(ours)]
  })
  const head = ['', 'TuneD s', 'CPU s', 'MB', 'exit', 'quietcore s', 'CPU s', 'MB', 'exit']
  return [
    `${date}, ${machine}; TuneD ${tuned.version}, quietcore ${quietcore.version}. Medians of ${runs(tuned)} runs.`,
    `Load of the host while they ran: ${hostLoad.toFixed(1)} on ${hostCpus} CPUs.`,
    '',
    table(head, rows),
    '',
    table(['idle service', 'TuneD', 'quietcore'], idleRows(tuned.idle, quietcore.idle)),
  ].join('\n')
}

/**
 * The page with the text between `<!-- NAME -->` and `<!-- end of NAME -->` replaced.
 * @throws Error when the page lacks the marks
 */
export function withSection(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start === -1 || end < start) throw new Error(`the page has no section ${name}`)
  return `${page.slice(0, start + open.length)}\n${text}\n${page.slice(end)}`
}

function runs({ costs }: Side): number {
  return Math.min(...Object.values(costs).map((cost) => cost.runs))
}

function costCells(cost: Cost | undefined): string[] {
  if (cost === undefined) return ['-', '-', '-', '-']
  return [
    cost.wallSeconds.toFixed(1),
    cost.cpuSeconds.toFixed(1),
    cost.peakMb.toFixed(0),
    String(cost.exitCode),
  ]
}

function idleRows(theirs: Idle | null, ours: Idle | null): string[][] {
  const none = 'no service in this build'
  const cell = (of: (idle: Idle) => string) => [theirs ? of(theirs) : none, ours ? of(ours) : none]
  return [
    ['memory (RSS), MB', ...cell(({ rssMb }) => rssMb.toFixed(0))],
    ['wake-ups a minute', ...cell(({ wakeupsPerMinute }) => wakeupsPerMinute.toFixed(1))],
    ['CPU seconds an hour', ...cell(({ cpuSecondsPerHour }) => cpuSecondsPerHour.toFixed(1))],
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
