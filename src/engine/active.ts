import { InputError } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'
import { Journal } from './journal/journal.ts'
import type { Active, JournalContent } from './journal/records.ts'

/** What the journal knows of this machine. */
export function readJournal({ root }: { root: Root }): JournalContent {
  return new Journal(root).read()
}

/** @throws InputError `no-active-profile` */
export function requireActive(content: JournalContent): Active {
  if (content.settled.active) return content.settled.active
  throw new InputError({
    code: 'no-active-profile',
    message: 'no profile is applied to this machine, and none was named',
    next: 'Name one (`quietcore list` shows them), or apply one first.',
  })
}
