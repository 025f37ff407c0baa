import { formatDuration } from '../../suite/time.ts'
import { formatUs } from '../../verdict/format.ts'
import type { GateRecord } from '../gate-record.ts'
import { type Link, type LinkState, linkName } from '../link.ts'
import type { Spike } from '../run-evidence.ts'
import type { SideBySide } from '../side-by-side.ts'
import type { GateReporter } from './gate-reporter.ts'
import { wrap, wrappedTable } from './wrap.ts'

const WIDTH = 100
/** Columns of the table, which together with the gaps are WIDTH. */
const WIDTHS = [22, 9, 35, 28]
const COLOR: Readonly<Record<LinkState, string>> = { pass: '32', fail: '31', undecided: '33', absent: '2' }
/** Of one link; --json and the HTML page have all. */
const MOST = 5

/** For a terminal of 100 columns: the verdict with its reasons, one table, and each guest beside the host. */
export const gateText: GateReporter = {
  name: 'text',
  render(record, options) {
    const blocks = [
      head(record, options?.color === true),
      bullets(record.verdict.reasons),
      table(record.links, options?.color === true),
      ...record.sideBySide.map(besides),
    ]
    return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`
  },
}

function head({ verdict, host, profile, startedAt, durationS }: GateRecord, color: boolean): string[] {
  const word = verdict.result.toUpperCase()
  const shown = color ? `\u001b[1;${COLOR[verdict.result]}m${word}\u001b[0m` : word
  const rest = `${host.name} (kernel ${host.kernel}), profile ${profile ?? 'none'}`
  return [
    ...wrap(rest, WIDTH - word.length - 2).map((line, at) => (at === 0 ? `${shown}  ${line}` : `  ${line}`)),
    `  ${startedAt}, took ${formatDuration(durationS)}`,
  ]
}

function bullets(items: readonly string[]): string[] {
  return items.flatMap((item) =>
    wrap(item, WIDTH - 4).map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`),
  )
}

function table(links: readonly Link[], color: boolean): string[] {
  const lines = wrappedTable(
    ['LINK', 'STATE', 'EVIDENCE', 'WHAT TO DO'],
    links.map((link) => [[linkName(link)], [link.state], shortened(link.evidence), shortened(link.next)]),
    WIDTHS,
  )
  if (!color) return lines
  // The state stands alone in its column: padding was counted before the colour came in.
  const at = WIDTHS[0]! + 2
  return lines.map((line) => {
    const state = (/^\S+/.exec(line.slice(at))?.[0] ?? '') as LinkState
    const paint = COLOR[state]
    return paint
      ? `${line.slice(0, at)}\u001b[${paint}m${state}\u001b[0m${line.slice(at + state.length)}`
      : line
  })
}

function shortened(items: readonly string[]): readonly string[] {
  return items.length <= MOST ? items : [...items.slice(0, MOST), `and ${items.length - MOST} more`]
}

function besides(one: SideBySide): string[] {
  const rows: [string, string][] = [
    ['guest', `${spike(one.guestWorst)}, run ${one.guestRun}`],
    ['host', one.hostRun === null ? 'not measured' : `${spike(one.hostWorst)}, run ${one.hostRun}`],
    ['together', one.togetherS === null ? 'not known' : formatDuration(one.togetherS)],
    ['clocks', clocks(one)],
    ...one.hostCounted.map((text): [string, string] => ['host saw', text]),
    ...one.guestSteal.map((text): [string, string] => ['guest saw', text]),
  ]
  return [
    ...wrap(`Guest ${one.guest} beside the host: ${one.visible}`, WIDTH),
    ...wrap(one.says, WIDTH - 2).map((line) => `  ${line}`),
    ...rows.flatMap(([name, text]) =>
      wrap(text, WIDTH - 13).map((line, at) => `  ${(at === 0 ? name : '').padEnd(11)}${line}`),
    ),
  ]
}

/** `57 µs (cyclictest, CPU 2) at 2026-…`. */
export function spike(one: Spike | null): string {
  if (!one) return 'no largest latency'
  const where = one.cpu === null ? one.tool : `${one.tool}, CPU ${one.cpu}`
  return `${formatUs(one.us)} (${where})${one.at === null ? '' : ` at ${one.at}`}`
}

export function clocks({ clock }: SideBySide): string {
  if (!clock) return 'not compared'
  const { aheadMs, withinMs } = clock
  const side = aheadMs < 0 ? 'behind' : 'ahead'
  return `guest ${Math.abs(aheadMs).toFixed(0)} ms ${side}, within ${withinMs.toFixed(0)} ms`
}
