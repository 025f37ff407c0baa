import { describe, expect, it } from 'vitest'
import { Histogram } from '../../../src/core/latency/histogram.ts'
import { renderBars } from '../../../src/core/report/bars.ts'
import { findReporter } from '../../../src/core/report/reporters.ts'
import { displayWidth, renderTable } from '../../../src/core/report/table.ts'
import { failingRun, passingRun, undecidedRun, wideRun } from './made-runs.ts'

describe('the display width', () => {
  it('counts columns, not characters', () => {
    expect(['abc', 'µs ≥60', '漢字', 'é', '🚀', ''].map(displayWidth)).toEqual([3, 6, 4, 1, 2, 0])
  })

  it('is the same for every row of a table, whatever is in it', () => {
    const lines = renderTable([
      ['host', 'max'],
      ['計算機-7', '≥60'],
      ['e\u0301t', '1,234'],
    ])
    expect(lines).toEqual(['host        max', '計算機-7    ≥60', 'e\u0301t        1,234'])
    expect(new Set(lines.map(displayWidth)).size).toBe(1)
  })

  it('of a report is 100 columns at most', () => {
    const text = findReporter('text')
    const lines = [passingRun, failingRun, undecidedRun, wideRun].flatMap((run) =>
      text.render(run()).split('\n'),
    )
    expect(lines.filter((line) => displayWidth(line) > 100)).toEqual([])
  })
})

describe('bars', () => {
  const histogram = (counts: [number, number][], overflows = 0) =>
    Histogram.of({ bucketNs: 1000, counts, overflows, overflowFromNs: 60_000 })

  it('show a single sample beside a million, the gap between them, and what lies beyond', () => {
    expect(
      renderBars(
        histogram(
          [
            [3, 1_000_000],
            [6, 1],
          ],
          10,
        ),
        24,
        14,
      ),
    ).toEqual([
      '    3  1,000,000  ██████████████',
      '    4          0',
      '    5          0',
      '    6          1  ██',
      '  ≥60         10  ████',
    ])
  })

  it('share a line when there are more buckets than lines, and lose no sample', () => {
    const counts = Array.from({ length: 1000 }, (_, i): [number, number] => [i, 1])
    expect(renderBars(histogram(counts), 4, 10)).toEqual([
      '    0-249  250  ██████████',
      '  250-499  250  ██████████',
      '  500-749  250  ██████████',
      '  750-999  250  ██████████',
    ])
  })

  it('are none without a sample', () => {
    expect(renderBars(histogram([]))).toEqual([])
  })
})
