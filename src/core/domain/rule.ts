import type { Domain } from './domain.ts'
import type { Evidence } from './evidence.ts'
import type { RealtimePlan } from './realtime-vcpus.ts'

export type Severity = 'fail' | 'warn'

/** What is wrong with a domain, and what mends it. */
export interface Finding {
  rule: string
  severity: Severity
  /** what was found */
  message: string
  why: string
  /** the XML or the nova setting that mends it */
  fix: string
}

/** What could not be decided, and what is missing for it. */
export interface Undecided {
  rule: string
  severity: Severity
  reason: string
}

export interface Subject {
  domain: Domain
  realtime: RealtimePlan
  evidence: Evidence
}

/** One thing that is wrong: the message, and its remedy where the rule's own does not fit. */
export interface Fault {
  message: string
  fix?: string
}

export interface Answer {
  faults: readonly Fault[]
  /** why a part of the question stays open; undefined when all of it is decided */
  open?: string | undefined
}

/** One question to a domain. A rule that has faults is decided, whatever stays open. */
export interface Rule {
  id: string
  severity: Severity
  title: string
  why: string
  /** the usual remedy */
  fix: string
  ask(subject: Subject): Answer
}

export function faults(...messages: (string | false | undefined)[]): Answer {
  return { faults: messages.flatMap((message) => (message ? [{ message }] : [])) }
}
