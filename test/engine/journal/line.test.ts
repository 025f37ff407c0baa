import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { fromLine, toLine } from '../../../src/engine/journal/line.ts'
import type { JournalRecord } from '../../../src/engine/journal/records.ts'

const RECORD = { kind: 'settled', active: null, held: [], text: 'µs ✓' } as unknown as JournalRecord

it('a line is known as whole, and one that is cut or has another bit anywhere is not', () => {
  const line = toLine(RECORD).trimEnd()
  expect(fromLine(line)).toEqual(RECORD)
  for (let at = 0; at < line.length; at++) {
    expect(fromLine(line.slice(0, at)), `cut at ${at}`).toBeUndefined()
    const other = String.fromCharCode(line.charCodeAt(at) ^ 1)
    expect(fromLine(line.slice(0, at) + other + line.slice(at + 1)), `bit at ${at}`).toBeUndefined()
  }
})

it('a line that an earlier version wrote, with half a SHA-256, is read', () => {
  const text = JSON.stringify(RECORD)
  const sum = createHash('sha256').update(text).digest('hex').slice(0, 16)
  expect(fromLine(`${sum} ${text}`)).toEqual(RECORD)
  expect(fromLine(`${sum} ${text.replace('settled', 'settlef')}`)).toBeUndefined()
})
