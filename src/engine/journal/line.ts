import { crc32 } from '../../core/crc32.ts'
import type { JournalRecord } from './records.ts'

const SUM_LENGTH = 8
/** Of journals of before this version: the first half of a SHA-256. */
const OLD_SUM_LENGTH = 16

/** One record a line: a checksum, a blank, JSON. A torn or damaged line is known by its checksum. */
export function toLine(record: JournalRecord): string {
  const text = JSON.stringify(record)
  return `${sum(text)} ${text}\n`
}

/** undefined for a line that is not whole. */
export function fromLine(line: string): JournalRecord | undefined {
  const length = line.indexOf(' ')
  const text = line.slice(length + 1)
  const wanted = length === OLD_SUM_LENGTH ? oldSum(text) : sum(text)
  return line.slice(0, length) === wanted ? (JSON.parse(text) as JournalRecord) : undefined
}

function sum(text: string): string {
  return crc32(Buffer.from(text)).toString(16).padStart(SUM_LENGTH, '0')
}

function oldSum(text: string): string {
  // Loaded for this only: it takes 2 of the service's 60 MB.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('hex').slice(0, OLD_SUM_LENGTH)
}
