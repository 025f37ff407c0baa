import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { parseLatency } from '../../../src/core/latency/parser.ts'

const read = (lines: readonly string[]): Measurement =>
  parseLatency(Buffer.from(`${lines.join('\n')}\n`)).measurements[0]!
const pad = (value: number, width: number) => String(value).padStart(width, '0')
const rows = (line: (bucket: number) => string) => Array.from({ length: 300 }, (_, bucket) => line(bucket))

/** A line between two rows of the table, and what it may add to the findings: that it was there. */
function between(table: readonly string[], row: RegExp, foreign: string) {
  const at = table.findIndex((line) => row.test(line)) + 1
  const { findings, ...plain } = read(table)
  const { findings: found, ...noisy } = read([...table.slice(0, at), foreign, ...table.slice(at)])
  return {
    plain,
    noisy,
    findings,
    found: found.map(({ code, trust }) => `${trust ? 'note' : 'doubt'} ${code}`),
  }
}

const CYCLICTEST = [
  '# Histogram',
  ...rows((bucket) => `${pad(bucket, 6)} 000002\t000002`),
  '# Min Latencies: 00000 00000',
  '# Avg Latencies: 00149 00149',
  '# Max Latencies: 00299 00299',
  '# Histogram Overflows: 00000 00000',
  '# Histogram Overflow at cycle number:',
  '# Thread 0: ',
  '# Thread 1: ',
]
const RTLA = [
  '# RTLA timerlat histogram',
  '# Time unit is microseconds (us)',
  '# Duration:   0 00:00:05',
  'Index   IRQ-000   Thr-000',
  ...rows((bucket) => `${String(bucket).padEnd(5)}${'1'.padStart(10)}${'2'.padStart(10)}`),
  'over:         0         0',
  'count:      300       600',
  'min:          0         0',
  'avg:        149       149',
  'max:        299       299',
]
const OSLAT = [
  'oslat V 2.50',
  '        Core:\t 1',
  'Counter Freq:\t 2445 (MHz)',
  ...rows((bucket) => `    ${pad(bucket + 1, 3)} (us):\t 7${bucket === 299 ? ' (including overflows)' : ''}`),
  '     Minimum:\t 1 (us)',
  '     Average:\t 150.5 (us)',
  '     Maximum:\t 300 (us)',
  '     Max-Min:\t 299 (us)',
  '    Duration:\t 2.000 (sec)',
]

describe('A line of someone else that begins with a large number', () => {
  it.each([
    ['cyclictest', CYCLICTEST, /^000290/, '600 jiffies elapsed'],
    ['cyclictest, where it has as many numbers as a row', CYCLICTEST, /^000290/, '600 5 7'],
  ])('is passed over between the rows of %s, and no sample is lost', (_, table, row, foreign) => {
    const { plain, noisy, findings, found } = between(table, row, foreign)
    expect([findings, noisy, found]).toEqual([[], plain, ['note foreign-lines']])
  })

  it.each(['2048 blocks', '2048 5'])(
    'is a damaged row in rtla hist (%s), and no sample is lost',
    (foreign) => {
      const { noisy, found } = between(RTLA, /^290/, foreign)
      expect([noisy.cpus.map((cpu) => cpu.histogram!.counted), found]).toEqual([
        [300, 600],
        ['doubt damaged-row'],
      ])
    },
  )

  it('is a damaged row of oslat when it looks like one, and no sample is lost', () => {
    const { noisy, found } = between(OSLAT, /^ +290/, '    600 (us):\t what')
    expect([noisy.cpus[0]!.histogram!.counted, found]).toEqual([2100, ['doubt damaged-row']])
  })
})
