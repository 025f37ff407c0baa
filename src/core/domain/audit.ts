import type { Domain } from './domain.ts'
import { type Evidence, NO_EVIDENCE } from './evidence.ts'
import { realtimePlan } from './realtime-vcpus.ts'
import type { Finding, Undecided } from './rule.ts'
import { RULES } from './rules.ts'

export type AuditResult = 'pass' | 'fail' | 'undecided'

/** Whether a domain is fit for real time. */
export interface Audit {
  domain: string
  realtimeVcpus: string
  findings: Finding[]
  /** rules without a finding of which a part could not be decided */
  undecided: Undecided[]
  /** fail: a fail rule has a finding; else undecided: one could not be decided; else pass */
  result: AuditResult
}

/** Asks every rule. What is not known is never taken for good. */
export function auditDomain(domain: Domain, evidence: Evidence = NO_EVIDENCE): Audit {
  const subject = { domain, realtime: realtimePlan(domain), evidence }
  const findings: Finding[] = []
  const undecided: Undecided[] = []
  for (const { id: rule, severity, why, fix, ask } of RULES) {
    const answer = ask(subject)
    for (const fault of answer.faults) {
      findings.push({ rule, severity, message: fault.message, why, fix: fault.fix ?? fix })
    }
    if (answer.faults.length === 0 && answer.open !== undefined) {
      undecided.push({ rule, severity, reason: answer.open })
    }
  }
  return {
    domain: domain.name,
    realtimeVcpus: subject.realtime.vcpus.toString(),
    findings,
    undecided,
    result: resultOf(findings, undecided),
  }
}

/** The worst of several: fail, then undecided, then pass. */
export function resultOf(
  findings: readonly { severity: string }[],
  undecided: readonly { severity: string }[],
): AuditResult {
  if (findings.some(({ severity }) => severity === 'fail')) return 'fail'
  return undecided.some(({ severity }) => severity === 'fail') ? 'undecided' : 'pass'
}
