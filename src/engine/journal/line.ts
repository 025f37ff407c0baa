import { createHash } from 'node:crypto'
import type { JournalRecord } from './records.ts'

const SUM_LENGTH = 16

/** One record a line: a checksum, a blank, JSON. A torn or damaged line is known by its checksum. */
export function toLine(record: JournalRecord): string {
  const text = JSON.stringify(record)
  return `${sum(text)} ${text}\n`
}

/** undefined for a line that is not whole. */
export function fromLine(line: string): JournalRecord | undefined {
  const text = line.slice(SUM_LENGTH + 1)
  if (line[SUM_LENGTH] !== ' ' || line.slice(0, SUM_LENGTH) !== sum(text)) return undefined
  return JSON.parse(text) as JournalRecord
}

function sum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, SUM_LENGTH)
}
