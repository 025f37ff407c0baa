import type { Result } from '../verdict/verdict.ts'
import { type Link, type LinkState, linkName } from './link.ts'

export interface GateVerdict {
  result: Result
  /** plain sentences, the gravest first */
  reasons: readonly string[]
}

const MEASURED = new Set(['validation', 'guest-validation'])

/**
 * One verdict of all links: any fail is fail, else any undecided is undecided, else pass. A chain without a decided
 * host tuning, or without a single validation, proves nothing, whatever its other links say.
 */
export function joinLinks(links: readonly Link[]): GateVerdict {
  const reasons = [...reasonsOf(links, 'fail'), ...reasonsOf(links, 'undecided'), ...missing(links)]
  const has = (state: LinkState) => links.some((link) => link.state === state)
  if (has('fail')) return { result: 'fail', reasons }
  if (reasons.length > 0) return { result: 'undecided', reasons }
  return { result: 'pass', reasons: [`All ${count(links)} links hold.`] }
}

function reasonsOf(links: readonly Link[], state: 'fail' | 'undecided'): string[] {
  const word = state === 'fail' ? 'fails' : 'is undecided'
  return links
    .filter((link) => link.state === state)
    .map((link) => `The link '${linkName(link)}' ${word}${link.evidence[0] ? `: ${link.evidence[0]}` : ''}.`)
}

function missing(links: readonly Link[]): string[] {
  const there = links.filter(({ state }) => state !== 'absent')
  return [
    ...(there.some(({ kind }) => kind === 'tuning') ? [] : ['The tuning of the host was not looked at.']),
    ...(there.some(({ kind }) => MEASURED.has(kind)) ? [] : ['No latency was measured.']),
  ]
}

function count(links: readonly Link[]): number {
  return links.filter(({ state }) => state === 'pass').length
}
