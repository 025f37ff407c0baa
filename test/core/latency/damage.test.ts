import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuietcoreError } from '../../../src/core/errors.ts'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { createParser } from '../../../src/core/latency/parser.ts'
import { FIXTURES, runsOrNone } from './shared.ts'

const files = readdirSync(FIXTURES).filter((name) => /\.(out|json)$/.test(name))
const bytesOf = (name: string) => readFileSync(join(FIXTURES, name))

const trusted = (found: readonly Measurement[]) =>
  found.length > 0 && found.every((run) => run.findings.every((finding) => finding.trust))
const samplesOf = (found: readonly Measurement[]) =>
  found
    .flatMap((run) => run.cpus.map((cpu) => cpu.histogram?.samples ?? cpu.samples ?? 0))
    .reduce((a, b) => a + b, 0)
const numbersOf = (found: readonly Measurement[]) =>
  JSON.stringify(found.map((run) => [run.tool, run.cpus, run.events, run.durationS]))

describe('A damaged file', () => {
  it('of any bytes never crashes and never hangs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        runsOrNone(bytes)
      }),
      { numRuns: 300 },
    )
  })

  it('of a real head and any bytes after it never crashes, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(),
        fc.uint8Array({ maxLength: 600 }),
        fc.integer({ min: 1, max: 700 }),
        (name, at, noise, chunk) => {
          const real = bytesOf(name)
          const bytes = Buffer.concat([
            real.subarray(0, at % real.length),
            noise,
            real.subarray(at % real.length),
          ])
          const parser = createParser()
          try {
            for (let i = 0; i < bytes.length; i += chunk) parser.write(bytes.subarray(i, i + chunk))
            parser.end()
          } catch (error) {
            expect(error).toBeInstanceOf(QuietcoreError)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it.each(files)('%s read in chunks of any size is read the same', (name) => {
    const whole = numbersOf(runsOrNone(bytesOf(name)))
    for (const size of [1, 7, 64, 4096]) {
      const parser = createParser()
      const bytes = bytesOf(name)
      for (let i = 0; i < bytes.length; i += size) parser.write(bytes.subarray(i, i + size))
      expect(numbersOf(parser.end().measurements)).toBe(whole)
    }
  })

  it.each(files)('%s cut at any byte never has more samples than the whole', (name) => {
    const bytes = bytesOf(name)
    const whole = samplesOf(runsOrNone(bytes))
    const step = Math.max(1, Math.floor(bytes.length / 700))
    for (let cut = 0; cut < bytes.length; cut += step)
      expect(samplesOf(runsOrNone(bytes.subarray(0, cut)))).toBeLessThanOrEqual(whole)
  })

  // a summary of T: lines, or a live display, that ends between two lines looks like a shorter run of fewer threads
  const selfProving = files.filter((name) =>
    /^(ct-hist|ct-overflow|ct-quoted\.json|ct-stdout|ct-zero\.json|oslat\.|oslat-zero|signaltest\.json|pmqtest\.json)/.test(
      name,
    ),
  )
  it.each(selfProving)('%s cut at any byte is never trusted with other numbers than the whole', (name) => {
    const bytes = bytesOf(name)
    const whole = numbersOf(runsOrNone(bytes))
    const silent: number[] = []
    for (let cut = 0; cut < bytes.length; cut++) {
      const found = runsOrNone(bytes.subarray(0, cut))
      if (trusted(found) && numbersOf(found) !== whole) silent.push(cut)
    }
    expect(silent).toEqual([])
  })

  const NOISE = [
    '[  812.123456] usb 1-1: new high-speed USB device number 4',
    'Nov 22 19:03:03 node7 kernel: random: crng init done',
    'warning: 12 34 56',
    '',
    '-- 17 --',
    'Segmentation fault',
  ]
  it.each(selfProving.filter((name) => name.endsWith('.out') && !name.includes('stdout')))(
    '%s with lines of others between its own keeps its numbers or loses trust',
    (name) => {
      const lines = bytesOf(name).toString().split('\n')
      const whole = numbersOf(runsOrNone(bytesOf(name)))
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat({ max: lines.length - 1 }), fc.constantFrom(...NOISE)), {
            minLength: 1,
            maxLength: 6,
          }),
          (inserted) => {
            const noisy = [...lines]
            for (const [at, text] of inserted) noisy.splice(at, 0, text)
            const found = runsOrNone(Buffer.from(noisy.join('\n')))
            expect(numbersOf(found) === whole || !trusted(found)).toBe(true)
          },
        ),
        { numRuns: 150 },
      )
    },
  )

  it.each(selfProving.filter((name) => name.startsWith('ct-hist') && name.endsWith('.out')))(
    '%s with a digit of a count changed is found',
    (name) => {
      const text = bytesOf(name).toString()
      const counts = [...text.matchAll(/[ \t](\d{6})(?=[\t\n])/g)].filter((match) => Number(match[1]) > 0)
      expect(counts.length).toBeGreaterThan(10)
      for (const match of counts) {
        const at = match.index + 6
        const digit = text[at] === '9' ? '0' : String(Number(text[at]) + 1)
        expect(trusted(runsOrNone(Buffer.from(text.slice(0, at) + digit + text.slice(at + 1))))).toBe(false)
      }
    },
  )
})
