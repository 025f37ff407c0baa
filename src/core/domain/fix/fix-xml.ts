import { CpuSet } from '../../cpu/cpu-set.ts'
import { auditDomain } from '../audit.ts'
import { type Evidence, NO_EVIDENCE } from '../evidence.ts'
import { parseDomain } from '../parse-domain.ts'
import { parseXml } from '../parse-xml.ts'
import { realtimePlan } from '../realtime-vcpus.ts'
import type { Finding } from '../rule.ts'
import { writeXml } from '../xml.ts'
import type { Change, Remedy } from './change.ts'
import { deviceRemedy } from './devices.ts'
import { cacheRemedy, guestRemedy } from './guest.ts'
import { headroomRemedy, memoryRemedy } from './memory.ts'
import { emulatorRemedy, iothreadRemedy, schedulerRemedy } from './threads.ts'

/** In this order: a thread's place is settled before others are put beside it. */
const REMEDIES: readonly Remedy[] = [
  schedulerRemedy,
  emulatorRemedy,
  iothreadRemedy,
  memoryRemedy,
  guestRemedy,
  deviceRemedy,
  headroomRemedy,
  cacheRemedy,
]

export interface FixedXml {
  xml: string
  changes: Change[]
  /** what the corrected XML still has, and nobody can mend without choosing CPUs or touching the host */
  left: Finding[]
}

/**
 * The domain's XML with what can be mended in it mended; everything else, comments and order included, stays.
 * @throws InputError as parseXml and parseDomain do
 */
export function fixXml(text: string, file: string, evidence: Evidence = NO_EVIDENCE): FixedXml {
  const document = parseXml(text, file)
  const changes: Change[] = []
  const cpu = evidence.host?.cpu
  for (const remedy of REMEDIES) {
    const domain = parseDomain(document, file)
    const realtime = realtimePlan(domain)
    const nodes =
      cpu && CpuSet.of(cpu.places.filter((one) => realtime.pcpus.has(one.cpu)).map(({ node }) => node))
    const housekeeping = cpu?.online.minus(cpu.isolated)
    changes.push(...remedy({ root: document.root, domain, realtime, housekeeping, nodes }))
  }
  const xml = writeXml(document)
  // A corrected definition is for the next start: what runs now says nothing about it.
  const { findings } = auditDomain(parseDomain(parseXml(xml, file), file), {
    ...evidence,
    live: undefined,
    jobs: undefined,
  })
  return { xml, changes, left: findings }
}
