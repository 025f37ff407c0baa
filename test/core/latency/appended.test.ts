import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { parseLatency } from '../../../src/core/latency/parser.ts'

const runs = (...texts: string[]): readonly Measurement[] =>
  parseLatency(Buffer.from(texts.join(''))).measurements
const threads = (found: readonly Measurement[]) =>
  found.map((run) => run.cpus.map((cpu) => [cpu.samples, cpu.maxUs]))
const doubts = (found: readonly Measurement[]) =>
  found.map((run) => run.findings.filter((finding) => !finding.trust).map((finding) => finding.code))

const thread = (number: number, pid: number, cycles: number, max: number) =>
  `T: ${number} (${String(pid).padStart(5)}) P:80 I:${1000 + 500 * number} C:${String(cycles).padStart(7)} Min:     13 Act:   44 Avg:   24 Max:${String(max).padStart(8)}\n`

describe('Runs of cyclictest that were appended to one file', () => {
  it('without a preamble (--default-system) are known by the pids of their threads', () => {
    const first = thread(0, 14504, 300, 931) + thread(1, 14505, 216, 901)
    const second = thread(0, 14568, 100, 272) + thread(1, 14569, 74, 69)
    expect(threads(runs(first, second))).toEqual([
      [
        [300, 931],
        [216, 901],
      ],
      [
        [100, 272],
        [74, 69],
      ],
    ])
  })

  it.each([
    ['fewer cycles', [300, 931], [299, 931]],
    ['a smaller maximum', [300, 931], [301, 930]],
    ['just as many cycles (-l)', [300, 931], [300, 931]],
  ] as [string, [number, number], [number, number]][])(
    'by the same pid (containers begin with it again) are known by %s',
    (_, one, two) => {
      expect(threads(runs(thread(0, 7, ...one), thread(0, 7, ...two)))).toEqual([[one], [two]])
    },
  )

  it('are one run when a live display draws the same thread again with more cycles, even at the same state', () => {
    const policy = '\x1b[3Apolicy: fifo: loadavg: 1.31 0.70 0.27 3/94 7233          \n\n'
    const live = [0, 8, 16, 16].map(
      (cycles) => policy + thread(0, cycles === 0 ? 0 : 7232, cycles, 9 * cycles),
    )
    expect(threads(runs(...live))).toEqual([[[16, 144]]])
    const next = policy + thread(0, 0, 0, 0) + policy + thread(0, 7300, 3, 20)
    expect(threads(runs(...live, next))).toEqual([[[16, 144]], [[3, 20]]])
  })

  it('are told apart where one has a histogram and the other T: lines', () => {
    const histogram =
      '# Histogram\n000005 000003\n# Min Latencies: 00005\n# Avg Latencies: 00005\n# Max Latencies: 00005\n# Histogram Overflows: 00000\n# Histogram Overflow at cycle number:\n# Thread 0: \n\n'
    const line = thread(0, 14504, 300, 931)
    expect(threads(runs(histogram, line))).toEqual([[[3, 5]], [[300, 931]]])
    expect(threads(runs(line, histogram))).toEqual([[[300, 931]], [[3, 5]]])
  })

  it('that were ended by -b have their own break lines', () => {
    const broken = (pid: number, max: number) =>
      `${thread(0, pid, 40, max)}# Thread Ids: ${pid}\n# Break thread: ${pid}\n# Break value: ${max}\n`
    const found = runs(broken(900, 120), broken(990, 110))
    expect([threads(found), doubts(found)]).toEqual([
      [[[40, 120]], [[40, 110]]],
      [['limit-broken'], ['limit-broken']],
    ])
  })
})

describe('Verbose dumps of cyclictest', () => {
  const dump =
    'Max CPUs = 2\nOnline CPUs = 2\nThread 0 Interval: 1500\n       0:       0:      47\n       0:       1:      24\n'
  it('are known without the preamble of /dev/cpu_dma_latency', () => {
    expect([threads(runs(dump)), doubts(runs(dump))]).toEqual([[[[2, 47]]], [[]]])
  })

  it('that were appended are two runs', () => {
    expect(threads(runs(dump, dump))).toEqual([[[2, 47]], [[2, 47]]])
  })
})

describe('Runs of other rt-tests that were appended to one file', () => {
  it('are two of signaltest, which has no interval', () => {
    const line = (max: number) =>
      `T: 0 (10820) P:80 C:    500 Min:     18 Act:   27 Avg:   28 Max:${String(max).padStart(8)}\n`
    expect(threads(runs(line(105), line(99)))).toEqual([[[500, 105]], [[500, 99]]])
  })

  it('are two of pmqtest by the ids of their threads', () => {
    const pair = (id: number, max: number) =>
      `#0: ID${id}, P80, CPU0, I500; #1: ID${id + 1}, P80, CPU0, TO 0, Cycles 200\n#1 -> #0, Min    2, Cur    4, Avg    3, Max   ${max}\n`
    expect(threads(runs(pair(1790, 37), pair(1890, 31)))).toEqual([[[200, 37]], [[200, 31]]])
  })

  it('are two of ssdd, so that a failure is not forgotten', () => {
    const ssdd = (last: string) => `#main : 1797\n#forks: 2\n#steps: 100\n\n${last}\n`
    expect(doubts(runs(ssdd('One or more tests FAILED.'), ssdd('All tests PASSED.')))).toEqual([
      ['tool-failed', 'no-samples'],
      ['no-samples'],
    ])
  })
})

describe('A run of cyclictest before one of another tool', () => {
  it.each([
    [
      'svsematest',
      '#0: ID1790, P80, CPU0, I500; #1: ID1791, P80, CPU0, TO 0, Cycles 200\n#1 -> #0, Min    2, Cur    4, Avg    3, Max   37\n',
      [200, 37],
    ],
    [
      'rtla hist in ns',
      '# RTLA timerlat histogram\n# Time unit is nanoseconds (ns)\n# Duration:   0 00:00:05\nIndex   IRQ-000\n2000          5\nover:         0\ncount:        5\nmin:       2000\navg:       2000\nmax:       2000\n',
      [5, 2],
    ],
  ])('takes nothing of it: %s', (_, other, wanted) => {
    expect(threads(runs(thread(0, 7, 300, 931), other))).toEqual([[[300, 931]], [wanted]])
  })
})
