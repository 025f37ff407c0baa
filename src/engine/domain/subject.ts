import type { Domain } from '../../core/domain/domain.ts'
import type { Evidence } from '../../core/domain/evidence.ts'

/** A domain with all that was found out about it. */
export interface AuditSubject {
  domain: Domain
  /** where its XML came from, for messages */
  origin: string
  xml: string
  evidence: Evidence
}
