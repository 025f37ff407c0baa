import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { parseLatency } from '../../../src/core/latency/parser.ts'

const CLEAR = '\x1bc'
/** cpu, count, max of the thread context */
type Row = readonly [cpu: number, count: number, maxUs: number]

function group(...values: number[]): string {
  return values.map((value) => String(value).padStart(9)).join(' ')
}
/** One drawing of `rtla timerlat top` as 6.1 prints it. */
function timerlat(durationS: number, rows: readonly Row[], unit = 'us', clear = ''): string {
  const title = `${clear}\x1b[2;37;40m                                     Timer Latency                                              \x1b[0;0;0m\n`
  const time = `  0 00:00:0${durationS}   |          IRQ Timer Latency (${unit})        |         Thread Timer Latency (${unit})\n`
  const header =
    '\x1b[2;30;47mCPU COUNT      |      cur       min       avg       max |      cur       min       avg       max\x1b[0;0;0m\n'
  const lines = rows.map(
    ([cpu, count, max]) =>
      `${String(cpu).padStart(3)} #${String(count).padEnd(9)} |${group(9, 3, 5, max - 1)} |${group(20, 6, 8, max)}\n`,
  )
  return title + time + header + lines.join('')
}
const live = (durationS: number, rows: readonly Row[]) => timerlat(durationS, rows, 'us', CLEAR)
function osnoise(durationS: number, rows: readonly Row[], clear = ''): string {
  const title = `${clear}\x1b[2;37;40m                                          Operating System Noise                                                                          \x1b[0;0;0m\n`
  const header =
    '\x1b[2;30;47mCPU Period       Runtime        Noise  % CPU Aval   Max Noise   Max Single          HW          NMI          IRQ      Softirq       Thread\x1b[0;0;0m\n'
  const column = (value: number | string) => String(value).padStart(12)
  const lines = rows.map(
    ([cpu, count, max]) =>
      `${String(cpu).padStart(3)} #${String(count).padEnd(7)} ${[5012952, 2845726, '43.23253', 683782, max, 3491, 0, 708, 0, 205].map(column).join(' ')}\n`,
  )
  return `${title}duration:   0 00:00:0${durationS} | time is in us\n${header}${lines.join('')}`
}

const runs = (text: string): readonly Measurement[] => parseLatency(Buffer.from(text)).measurements
/** duration, then CPU, samples and maximum of the last context of each CPU, then what forbids a pass */
const seen = (text: string) =>
  runs(text).map((run) => [
    run.durationS,
    run.cpus.filter((cpu) => cpu.context !== 'irq').map((cpu) => [cpu.cpu, cpu.samples, cpu.maxUs]),
    run.findings.filter((finding) => !finding.trust).map((finding) => finding.code),
  ])
const A: Row[] = [
  [0, 4610, 862],
  [1, 4416, 910],
]
const B: Row[] = [
  [0, 4620, 20],
  [1, 4420, 30],
]

describe('Two outputs of rtla top in one file', () => {
  it.each([
    ['with -q, of one duration', timerlat(5, A), timerlat(5, B)],
    ['with -q, the second longer', timerlat(3, A), timerlat(5, B)],
    ['with -q, then a live display', timerlat(5, A), live(1, B)],
    ['a live display, then with -q', live(1, A) + live(2, A), timerlat(3, B)],
    ['two live displays, known by the duration', live(1, A) + live(2, A), live(1, B) + live(2, B)],
    ['two live displays, known by the count', live(1, A), live(1, [[0, 9, 20]])],
    ['two live displays, known by the maximum', live(1, A), live(2, B)],
    ['one ended by its limit', `${live(1, A)}rtla timerlat hit stop tracing\n`, live(2, A)],
    ['osnoise with -q, of one duration', osnoise(5, A), osnoise(5, B)],
    ['two live displays of osnoise', osnoise(1, A, CLEAR), osnoise(2, B, CLEAR)],
    ['timerlat, then osnoise', live(1, A), osnoise(2, A, CLEAR)],
    ['of two units', live(1, A), timerlat(2, A, 'ns', CLEAR)],
  ])('are two measurements: %s', (_, first, second) => {
    expect(seen(first + second)).toEqual([...seen(first), ...seen(second)])
  })
})

describe('A live display of rtla top', () => {
  const text = live(1, [[0, 9, 20]]) + live(2, A) + live(3, A)
  it('is one run, of which the last refresh counts', () => {
    expect(seen(text)).toEqual([[3, A, []]])
  })

  it('that is cut anywhere in a refresh is known to be cut', () => {
    const start = live(1, A).length + live(2, A).length
    const whole = live(3, A)
    const silent: number[] = []
    for (let cut = 1; cut < whole.length - 1; cut++) {
      const found = seen((live(1, A) + live(2, A) + whole).slice(0, start + cut))
      if (!JSON.stringify(found).includes('truncated')) silent.push(cut)
    }
    expect(silent).toEqual([])
  })

  it('whose last refresh has fewer CPUs than the one before is cut', () => {
    expect(seen(live(1, A) + live(2, A.slice(0, 1)))).toEqual([[2, A, ['truncated']]])
  })
})

describe('The table of rtla osnoise top', () => {
  it('that is cut within its last row never gives the cut values', () => {
    const whole = osnoise(5, A)
    const silent: string[] = []
    for (let cut = whole.lastIndexOf('  1 #') + 5; cut < whole.length - 1; cut++) {
      const [found] = seen(whole.slice(0, cut))
      if (JSON.stringify(found) !== JSON.stringify([5, A.slice(0, 1), ['truncated']]))
        silent.push(whole.slice(0, cut))
    }
    expect(silent).toEqual([])
  })

  it('is whole without its last line feed', () => {
    expect(seen(osnoise(5, A).trimEnd())).toEqual([[5, A, []]])
  })

  it('with a row that has fewer values than the header names is damaged', () => {
    expect(seen(osnoise(5, A).replace(/(?:0|708) +0 +205\n$/, '0\n'))).toEqual([
      [5, A.slice(0, 1), ['damaged-row']],
    ])
  })
})
