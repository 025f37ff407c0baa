import type { Histogram } from '../latency/histogram.ts'
import { formatCount } from '../verdict/format.ts'
import { logHeight, toBins } from './bins.ts'
import { us } from './cells.ts'
import { renderTable } from './table.ts'

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A histogram as lines of bars; their length is the logarithm of the samples. Overflow is its last line. */
export function renderBars(histogram: Histogram, rows = 24, width = 40): string[] {
  const bins = toBins(histogram, rows).map(({ fromUs, toUs, count }) => ({
    label: fromUs === toUs ? us(fromUs) : `${us(fromUs)}-${us(toUs)}`,
    count,
  }))
  const { overflows, overflowFromNs } = histogram
  if (overflows > 0) {
    bins.push({
      label: overflowFromNs === null ? 'beyond' : `≥${us(overflowFromNs / 1000)}`,
      count: overflows,
    })
  }
  const highest = Math.max(1, ...bins.map((bin) => logHeight(bin.count)))
  const labels = renderTable(bins.map((bin) => ['', bin.label, formatCount(bin.count)]))
  return bins.map((bin, i) => `${labels[i]}  ${bar((logHeight(bin.count) / highest) * width)}`.trimEnd())
}

function bar(length: number): string {
  const eighths = Math.round(length * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}
