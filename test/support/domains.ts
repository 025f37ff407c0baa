import { existsSync, readFileSync } from 'node:fs'
import type { Audit } from '../../src/core/domain/audit.ts'
import { auditDomain } from '../../src/core/domain/audit.ts'
import { type Evidence, NO_EVIDENCE } from '../../src/core/domain/evidence.ts'
import { parseDomain } from '../../src/core/domain/parse-domain.ts'
import { parseXml } from '../../src/core/domain/parse-xml.ts'

/** Domains that nova 26's own driver made, beside the project. */
export const NOVA_DOMAINS = '../shared/openstack/domains'
export const NOVA_DOMAINS_MISSING = existsSync(NOVA_DOMAINS)
  ? ''
  : ` (skipped: ${NOVA_DOMAINS} is not beside the project)`

export const FIT = readFileSync('test/fixtures/domains/fit.xml', 'utf8')
export const PLAIN = readFileSync('test/fixtures/domains/plain.xml', 'utf8')

export function audited(xml: string, evidence: Evidence = NO_EVIDENCE): Audit {
  return auditDomain(parseDomain(parseXml(xml, 'test.xml'), 'test.xml'), evidence)
}

/** `F1 message` for each finding. */
export function found(xml: string, evidence?: Evidence): string[] {
  return audited(xml, evidence).findings.map(({ rule, message }) => `${rule} ${message}`)
}

/** The fit guest with one thing different. */
export function fitBut(from: string | RegExp, to: string): string {
  const changed = FIT.replace(from, to)
  if (changed === FIT) throw new Error(`the fit domain has no ${from}`)
  return changed
}
