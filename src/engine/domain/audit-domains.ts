import { type Audit, auditDomain, resultOf } from '../../core/domain/audit.ts'
import { hostEvidence } from '../../host/libvirt/host-evidence.ts'
import { fileIsThere } from '../../host/libvirt/read-xml-file.ts'
import type { Ports } from '../../host/ports.ts'
import { fromFiles } from './from-files.ts'
import { fromLibvirt } from './from-libvirt.ts'
import type { AuditSubject } from './subject.ts'

export interface AuditRequest {
  /** names of libvirt domains, or files; empty: every running domain */
  targets: readonly string[]
  connect?: string | undefined
  /** files are for the machine under the root directory; false: for a machine that is not known */
  filesForThisMachine: boolean
}

/** The domains that were asked for, with the evidence for each. A file that is there, or a name with a / or .xml at its end, is a file. */
export async function subjectsOf(request: AuditRequest, ports: Ports): Promise<AuditSubject[]> {
  const { targets, connect, filesForThisMachine } = request
  if (targets.length === 0) return fromLibvirt(ports, undefined, connect)
  const files = targets.filter(isFile)
  const names = targets.filter((target) => !isFile(target))
  const host = filesForThisMachine && files.length > 0 ? hostEvidence(ports.root) : undefined
  return [...fromFiles(files, host), ...(names.length > 0 ? await fromLibvirt(ports, names, connect) : [])]
}

/**
 * The audit of one domain.
 * @param definitionOnly judges what is written in the XML; what the host must show is listed, but does not count
 */
export function auditSubject({ domain, evidence }: AuditSubject, definitionOnly = false): Audit {
  const audit = auditDomain(domain, evidence)
  return definitionOnly ? { ...audit, result: resultOf(audit.findings, []) } : audit
}

function isFile(target: string): boolean {
  return target.includes('/') || target.endsWith('.xml') || fileIsThere(target)
}
