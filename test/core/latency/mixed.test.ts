import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { FIXTURES, runsOrNone } from './shared.ts'

const SEED = { seed: 20261126, numRuns: 200 }
const bytesOf = (name: string) => readFileSync(join(FIXTURES, name))

const trusted = (found: readonly Measurement[]) =>
  found.every((run) => run.findings.every((finding) => finding.trust))
const samplesOf = (found: readonly Measurement[]) =>
  found.flatMap((run) => run.cpus).reduce((sum, cpu) => sum + (cpu.samples ?? 0), 0)
const maximaOf = (found: readonly Measurement[]) =>
  Math.max(0, ...found.flatMap((run) => run.cpus.map((cpu) => cpu.maxUs ?? 0)))

// a file of one run that measured; the text and JSON of one run are joined when they follow each other
const files = readdirSync(FIXTURES).filter((name) => {
  if (!/\.(out|json)$/.test(name) || name.includes('stdout')) return false
  return samplesOf(runsOrNone(bytesOf(name))) > 0
})
const texts = files.filter((name) => name.endsWith('.out'))
const FOREIGN = [
  '600 jiffies elapsed',
  '2048 blocks',
  '300',
  '000700 of them',
  '12 34 56 78',
  '[  812.123456] usb 1-1: new high-speed USB device number 4',
  'Segmentation fault',
  'Max Latency: unknown',
]

describe('Outputs one after another', () => {
  it('have all samples of each, and the largest maximum', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...texts), { minLength: 2, maxLength: 5 }), (names) => {
        const each = names.map((name) => runsOrNone(bytesOf(name)))
        const all = runsOrNone(Buffer.concat(names.map(bytesOf)))
        expect([samplesOf(all), maximaOf(all)]).toEqual([
          each.reduce((sum, found) => sum + samplesOf(found), 0),
          Math.max(...each.map(maximaOf)),
        ])
      }),
      SEED,
    )
  })

  it('of which the first was cut are never trusted with fewer samples', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.constantFrom(...texts), fc.nat(), (first, second, at) => {
        const head = bytesOf(first)
        const cut = head.subarray(0, at % head.length)
        const all = runsOrNone(Buffer.concat([cut, Buffer.from('\n'), bytesOf(second)]))
        const least = samplesOf(runsOrNone(bytesOf(second)))
        expect(!trusted(all) || samplesOf(all) >= least).toBe(true)
      }),
      SEED,
    )
  })
})

describe('Lines of others, and lines that are gone', () => {
  it('never lose a sample of a trusted text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...FOREIGN)), { minLength: 1, maxLength: 5 }),
        (name, inserted) => {
          const whole = runsOrNone(bytesOf(name))
          const lines = bytesOf(name).toString().split('\n')
          for (const [at, text] of inserted) lines.splice(at % lines.length, 0, text)
          const found = runsOrNone(Buffer.from(lines.join('\n')))
          expect(!trusted(found) || samplesOf(found) === samplesOf(whole)).toBe(true)
        },
      ),
      SEED,
    )
  })

  it('never crash the reader, whatever is cut out and put in where', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...files), fc.nat(), fc.nat(), fc.constantFrom('', ...FOREIGN)), {
          minLength: 1,
          maxLength: 4,
        }),
        (pieces) => {
          const parts = pieces.flatMap(([name, from, to, foreign]) => {
            const bytes = bytesOf(name)
            return [bytes.subarray(from % bytes.length, to % bytes.length), Buffer.from(`${foreign}\n`)]
          })
          runsOrNone(Buffer.concat(parts))
        },
      ),
      SEED,
    )
  })
})
