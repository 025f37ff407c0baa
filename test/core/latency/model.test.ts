import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLatency } from '../../../src/core/latency/parser.ts'

interface Model {
  threads: number[][]
  buckets: number
  /** rows of zeros and "# Total:" (before 2.7) */
  old: boolean
  /** -H */
  sum: boolean
  blank: string
}

/** What cyclictest prints for these samples (print_hist in cyclictest.c), each thread with its values in order. */
function print({ threads, buckets, old, sum, blank }: Model): string {
  const pad = (value: number, width: number) => String(value).padStart(width, '0')
  const all = (values: number[], last: number) => (sum && !(values.length === 1) ? [...values, last] : values)
  const add = (values: number[]) => values.reduce((a, b) => a + b, 0)
  const lines = ['# /dev/cpu_dma_latency set to 0us', '# Histogram']
  for (let bucket = 0; bucket < buckets; bucket++) {
    const counts = threads.map((values) => values.filter((value) => value === bucket).length)
    // from 2.7 on the rows have the sum column even for one thread
    const cells = sum && (!old || counts.length > 1) ? [...counts, add(counts)] : counts
    if (old || add(counts) > 0)
      lines.push(`${pad(bucket, 6)} ${cells.map((count) => pad(count, 6)).join(blank)}`)
  }
  const footer = (label: string, values: number[], width: number) =>
    lines.push(`# ${label}: ${values.map((value) => pad(value, width)).join(' ')}`)
  const inside = threads.map((values) => values.filter((value) => value < buckets).length)
  const over = threads.map((values, i) => values.length - inside[i]!)
  if (old) footer('Total', all(inside, add(inside)), 9)
  footer(
    'Min Latencies',
    threads.map((values) => Math.min(...values)),
    5,
  )
  footer(
    'Avg Latencies',
    threads.map((values) => Math.floor(add(values) / values.length)),
    5,
  )
  footer(
    'Max Latencies',
    all(
      threads.map((values) => Math.max(...values)),
      Math.max(...threads.flat()),
    ),
    5,
  )
  footer('Histogram Overflows', all(over, add(over)), 5)
  lines.push('# Histogram Overflow at cycle number:')
  threads.forEach((values, thread) => {
    const cycles = values.flatMap((value, cycle) => (value >= buckets ? [cycle] : []))
    const listed = cycles
      .slice(0, buckets)
      .map((cycle) => ` ${pad(cycle, 5)}`)
      .join('')
    const others =
      cycles.length > buckets || (!old && cycles.length === buckets)
        ? ` # ${pad(cycles.length - buckets, 5)} others`
        : ''
    lines.push(`# Thread ${thread}:${listed}${others}${old ? '' : ' '}`)
  })
  return `${lines.join('\n')}\n\n`
}

const model: fc.Arbitrary<Model> = fc.record({
  threads: fc.array(fc.array(fc.nat({ max: 70 }), { minLength: 40, maxLength: 60 }), {
    minLength: 1,
    maxLength: 9,
  }),
  buckets: fc.integer({ min: 1, max: 60 }),
  old: fc.boolean(),
  sum: fc.boolean(),
  blank: fc.constantFrom('\t', ' '),
})

describe('A histogram as cyclictest prints it', () => {
  it('of any samples, threads, buckets and age is read back exactly', () => {
    fc.assert(
      fc.property(model, (printed) => {
        const [run] = parseLatency(Buffer.from(print(printed))).measurements
        expect(run!.findings.filter((finding) => finding.code !== 'uneven-samples')).toEqual([])
        expect(
          run!.cpus.map((cpu) => [
            cpu.samples,
            cpu.minUs,
            cpu.maxUs,
            Object.fromEntries(cpu.histogram!.entries()),
            cpu.histogram!.overflows,
          ]),
        ).toEqual(
          printed.threads.map((values) => {
            const inside = values.filter((value) => value < printed.buckets)
            const counts: Record<number, number> = {}
            for (const value of inside) counts[value] = (counts[value] ?? 0) + 1
            return [
              values.length,
              Math.min(...values),
              Math.max(...values),
              counts,
              values.length - inside.length,
            ]
          }),
        )
      }),
      { numRuns: 400 },
    )
  })
})

describe('A live display, and summary lines', () => {
  const line = fc.record({
    cycles: fc.integer({ min: 1, max: 1e6 }),
    min: fc.nat({ max: 40 }),
    max: fc.integer({ min: 90, max: 900 }),
  })
  type Line = { cycles: number; min: number; max: number }
  /** cycles, minimum and maximum of a thread go one way */
  const soFar = (frames: Line[][], thread: number): Line => ({
    cycles: Math.max(...frames.map((frame) => frame[thread]!.cycles)),
    min: Math.min(...frames.map((frame) => frame[thread]!.min)),
    max: Math.max(...frames.map((frame) => frame[thread]!.max)),
  })
  it('of any number of redraws reads as its last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        (drawn) => {
          const frames = drawn.map((frame, i) =>
            frame.map((_, thread) => soFar(drawn.slice(0, i + 1), thread)),
          )
          const num = (value: number, width: number) => String(value).padStart(width)
          const text = frames
            .map(
              (frame) =>
                `\x1b[5Apolicy: fifo: loadavg: 1.31 0.70 0.27 3/94 7233          \n\n${frame.map(({ cycles, min, max }, i) => `T:${num(i, 2)} (${num(7000 + i, 5)}) P:95 I:1000 C:${num(cycles, 7)} Min:${num(min, 7)} Act:${num(60, 5)} Avg:${num(60, 5)} Max:${num(max, 8)}\n`).join('')}`,
            )
            .join('')
          const [run] = parseLatency(Buffer.from(text)).measurements
          expect(run!.cpus.map((cpu) => [cpu.samples, cpu.minUs, cpu.meanUs, cpu.maxUs])).toEqual(
            frames.at(-1)!.map(({ cycles, min, max }) => [cycles, min, 60, max]),
          )
        },
      ),
    )
  })
})
