import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createParser, parseLatency } from '../../../src/core/latency/parser.ts'
import { FIXTURES, filesUnder } from './shared.ts'

const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-16 (little end first, with its mark)': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16 (big end first, with its mark)': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'UTF-16LE without a mark': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE without a mark': (text) => Buffer.from(text, 'utf16le').swap16(),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
}
const files = filesUnder(FIXTURES).map((file) => [basename(file), file] as const)

describe.each(Object.entries(ENCODINGS))('A file in %s', (_, encode) => {
  it.each(files)('%s reads as the plain one', (_name, file) => {
    const text = readFileSync(file, 'utf8')
    expect(parseLatency(encode(text))).toEqual(parseLatency(Buffer.from(text)))
  })

  it('reads the same in chunks of one byte', () => {
    const text = readFileSync(files.find(([name]) => name === 'ct-hist.json')![1], 'utf8')
    const parser = createParser()
    for (const byte of encode(text)) parser.write(Uint8Array.of(byte))
    expect(parser.end()).toEqual(parseLatency(Buffer.from(text)))
  })
})
