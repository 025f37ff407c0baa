import { CpuSet } from '../../cpu/cpu-set.ts'
import type { Domain } from '../../domain/domain.ts'
import { realtimePlan } from '../../domain/realtime-vcpus.ts'
import type { Link } from '../link.ts'
import { agreement, orNone } from './agreement.ts'

/** The CPUs that a guest isolates are vCPUs that its domain schedules in real time. */
export function guestAgrees(guest: string, isolated: CpuSet, domain: Domain): Link {
  const { vcpus, from } = realtimePlan(domain)
  const realtime = from === 'vcpusched' ? vcpus : CpuSet.empty
  const outside = isolated.minus(realtime)
  const subject = `guest ${guest} and domain ${domain.name}`
  const unused = realtime.minus(isolated)
  const faults =
    isolated.size === 0
      ? [`the guest isolates no CPU, the domain has the real-time vCPUs ${orNone(realtime)}`]
      : outside.size > 0
        ? [`the guest isolates ${outside}, which are no real-time vCPUs (${orNone(realtime)})`]
        : []
  return agreement(
    subject,
    faults,
    `the guest isolates ${isolated} of the real-time vCPUs ${realtime}${unused.size > 0 ? `; ${unused} keep house` : ''}`,
    'give the guest’s profile the real-time vCPUs as isolated_cores, apply it in the guest, and reboot it',
  )
}

/** A guest that cannot be held against its domain: what is missing, and how to get it. */
export function guestAlone(guest: string, why: string, next: string): Link {
  return {
    kind: 'agreement',
    subject: `guest ${guest} and its domain`,
    state: 'undecided',
    evidence: [why],
    next: [next],
  }
}
