import { dirname } from 'node:path'
import { MachineError } from '../../core/errors.ts'
import type { Root } from '../../host/ports.ts'
import { removeEmptyFolders } from '../empty-folders.ts'
import { fromLine, toLine } from './line.ts'
import {
  type JournalContent,
  type JournalRecord,
  type OpenOperation,
  type Settled,
  UNTOUCHED,
} from './records.ts'

export const JOURNAL = '/var/lib/quietcore/journal'

/**
 * The journal: one settled line, then the records of an operation under way. Every record reaches the disk before
 * what it speaks of; settling replaces the file in one rename, so there is always exactly one truth.
 */
export class Journal {
  readonly #root: Root

  constructor(root: Root) {
    this.#root = root
  }

  /**
   * Reads it. A torn last line is a write that a crash cut short, before the machine was touched: it does not count.
   * The first line is no such write: it comes whole, by a rename, so a journal without it has lost what it held.
   * @throws MachineError `journal-damaged` when the first line, or one before the last, is not whole
   */
  read(): JournalContent {
    const text = this.#root.readTextIfThere(JOURNAL)
    if (text === undefined) return { settled: UNTOUCHED, open: undefined }
    const lines = text.split('\n')
    const records: JournalRecord[] = []
    for (const [index, line] of lines.entries()) {
      if (line === '') continue
      const record = fromLine(line)
      if (record) records.push(record)
      else if (index < lines.length - 1)
        throw damaged(index + 1, ' in the middle: its checksum does not fit the line')
    }
    if (records.length === 0)
      throw damaged(1, text === '' ? ': it is empty' : ': its first line is not whole')
    return gather(records)
  }

  begin(settled: Settled, record: Extract<JournalRecord, { type: 'begin' }>): void {
    // Whatever a crash left behind the settled line is gone with this rename, before the first record of ours.
    this.#root.discardTemporary(JOURNAL)
    this.#root.writeFile(JOURNAL, toLine({ type: 'settled', version: 1, ...settled }), 0o600)
    this.add(record)
  }

  /** In one write and one fsync: a machine with thousands of interrupts has as many records. */
  add(...records: JournalRecord[]): void {
    if (records.length > 0) this.#root.append(JOURNAL, records.map(toLine).join(''))
  }

  /** Ends an operation: from here on the machine is what `settled` says. */
  settle(settled: Settled): void {
    this.#root.discardTemporary(JOURNAL)
    if (settled.active === null && settled.held.length === 0) {
      this.#root.remove(JOURNAL)
      removeEmptyFolders(this.#root, dirname(JOURNAL))
      return
    }
    this.#root.writeFile(JOURNAL, toLine({ type: 'settled', version: 1, ...settled }), 0o600)
  }

  /** Ends what never began: a crash before the first record leaves half a journal, or one that says nothing. */
  tidy(settled: Settled): void {
    this.#root.discardTemporary(JOURNAL)
    if (settled.active === null && settled.held.length === 0) this.settle(settled)
  }
}

function gather(records: readonly JournalRecord[]): JournalContent {
  let settled = UNTOUCHED
  let open: OpenOperation | undefined
  for (const record of records) {
    switch (record.type) {
      case 'settled':
        settled = { active: record.active, held: record.held, refusals: record.refusals }
        break
      case 'begin':
        open = { ...record, changes: [] }
        break
      case 'change': {
        const { type: _, ...change } = record
        open?.changes.push({ change, done: false, wrote: null })
        break
      }
      case 'done': {
        const entry = open?.changes.findLast(({ change }) => change.id === record.id)
        if (entry) Object.assign(entry, { done: true, wrote: record.wrote })
        break
      }
      case 'refused':
        break
    }
  }
  return { settled, open }
}

function damaged(line: number, how: string): MachineError {
  return new MachineError({
    code: 'journal-damaged',
    message: `the journal is damaged${how}`,
    place: { file: JOURNAL, line },
    next: `Nothing was changed. Keep a copy of ${JOURNAL} for inspection, compare the settings it names with the machine, and remove it to start afresh.`,
  })
}
