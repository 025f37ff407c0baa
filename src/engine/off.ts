import type { Ports } from '../host/ports.ts'
import { Journal } from './journal/journal.ts'
import { shownIn, UNTOUCHED } from './journal/records.ts'
import { putBack, type Undone } from './undo.ts'
import { UnfinishedError } from './unfinished-error.ts'

export interface Off {
  /** null when no profile was applied; settings of `nova conf` may be undone all the same */
  profile: string | null
  undone: Undone[]
}

/**
 * Puts everything back that quietcore changed and still holds. What somebody else changed since is left alone and is
 * in the answer as `foreign`. The caller holds the lock and has recovered.
 * @throws MachineError `off-incomplete` when a value could not be put back; the journal then stays, to try again
 */
export async function off(ports: Ports, bootId: string, now: Date): Promise<Off> {
  const journal = new Journal(ports.root)
  const { settled } = journal.read()
  if (settled.active === null && settled.held.length === 0) return { profile: null, undone: [] }
  const profile = settled.active?.profile ?? null
  journal.begin(settled, {
    type: 'begin',
    operation: 'off',
    profile: profile ?? '',
    bootId,
    time: now.toISOString(),
  })
  const undone = await putBack(settled.held, bootId, ports)
  const failed = undone.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0) {
    const shown = shownIn({ settled, open: undefined })
    throw new UnfinishedError(
      { changed: [], released: [], undone, shown },
      {
        code: 'off-incomplete',
        message: `${failed.length} of ${undone.length} settings could not be put back: ${failed.map(({ target, detail }) => `${target} (${detail})`).join('; ')}`,
        next: 'Remove the cause and run `quietcore off` again; the journal keeps what is needed.',
      },
    )
  }
  journal.settle(UNTOUCHED)
  return { profile, undone }
}
