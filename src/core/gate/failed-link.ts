import { formatPlace, QuietcoreError } from '../errors.ts'
import type { Link, LinkKind, LinkState } from './link.ts'

/**
 * The link whose look ended in an error: undecided unless the error itself is the answer (`fail`: a nova.conf that nova
 * would not start with). Errors that are no QuietcoreError are faults of the program, and are thrown on.
 */
export function failedLink(
  kind: LinkKind,
  subject: string | null,
  error: unknown,
  state: LinkState = 'undecided',
): Link {
  if (!(error instanceof QuietcoreError)) throw error
  const where = error.place ? `${formatPlace(error.place)}: ` : ''
  return {
    kind,
    subject,
    state,
    evidence: [where + error.message],
    next: error.next === undefined ? [] : [error.next.replace(/\.$/, '')],
  }
}
