/**
 * pass, fail: decided. undecided: it could not be decided, so the chain cannot pass. absent: no part of this machine,
 * or left out by the operator; the evidence says which.
 */
export type LinkState = 'pass' | 'fail' | 'undecided' | 'absent'

/** What a link is about, in the order of the table. */
export const LINK_KINDS = [
  'tuning',
  'nova-conf',
  'flavor',
  'domain',
  'validation',
  'host-watch',
  'guest-tuning',
  'guest-validation',
  'agreement',
] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** One link of the chain from the host's tuning to the guest's latency. */
export interface Link {
  kind: LinkKind
  /** the flavor, domain, guest or pair of links that it is about; null for the host as a whole */
  subject: string | null
  state: LinkState
  /** what was found, the gravest first; each a phrase without a full stop */
  evidence: readonly string[]
  /** what to do, where something is to be done; each a phrase */
  next: readonly string[]
}

const NAMES: Readonly<Record<LinkKind, string>> = {
  tuning: 'host tuning',
  'nova-conf': 'nova.conf',
  flavor: 'flavor',
  domain: 'domain',
  validation: 'host validation',
  'host-watch': 'host during the guests’ runs',
  'guest-tuning': 'tuning of guest',
  'guest-validation': 'validation of guest',
  agreement: 'agreement:',
}

/** `host tuning`, `flavor rt.large`, `agreement: nova.conf and host`. */
export function linkName({ kind, subject }: Pick<Link, 'kind' | 'subject'>): string {
  return subject === null ? NAMES[kind].replace(/:$/, '') : `${NAMES[kind]} ${subject}`
}

/** A link that is no part of this machine, and why. */
export function absent(kind: LinkKind, why: string, subject: string | null = null): Link {
  return { kind, subject, state: 'absent', evidence: [why], next: [] }
}
