import { MachineError } from '../../core/errors.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import { absent, type Link } from '../../core/gate/link.ts'
import { LiveGuests } from '../../host/libvirt/live-guest.ts'
import type { Ports } from '../../host/ports.ts'
import { auditSubject, subjectsOf } from '../domain/audit-domains.ts'
import type { AuditSubject } from '../domain/subject.ts'
import type { GateRequest } from './gate-request.ts'

/** Without one of these a virsh here is for other machines. */
const DAEMONS = ['libvirtd', 'virtqemud']

/** Audits as links, and the domains that were audited. */
export interface DomainLook {
  links: readonly Link[]
  subjects: readonly AuditSubject[]
}

/**
 * The domains that are named, else all that run here.
 * @throws InputError for a file that is named and is no domain
 */
export async function domains(request: GateRequest, ports: Ports): Promise<DomainLook> {
  if (request.skip.includes('domains')) return none('left out with --skip')
  if (request.domains.length === 0) return running(request, ports)
  try {
    return audited(await ask(request.domains, request, ports))
  } catch (error) {
    if (!(error instanceof MachineError)) throw error
    return eachAlone(request, ports)
  }
}

async function running(request: GateRequest, ports: Ports): Promise<DomainLook> {
  const nobody = (why: string) => guestsWithoutDomain(why, request, ports) ?? none(why)
  if (ports.runner.find('virsh') === undefined)
    return nobody('there is no libvirt on this machine (no virsh)')
  try {
    const found = await ask([], request, ports)
    return found.length === 0 ? nobody('no domain runs') : audited(found)
  } catch (error) {
    const local = DAEMONS.some((daemon) => ports.runner.find(daemon) !== undefined)
    if (local || request.connect !== undefined) {
      return { links: [failedLink('domain', null, error)], subjects: [] }
    }
    return nobody('there is no libvirt on this machine (neither libvirtd nor virtqemud)')
  }
}

/** A guest that runs and that no libvirt answers for: its daemon lives in a container, or somebody started it by hand. */
function guestsWithoutDomain(why: string, { connect }: GateRequest, ports: Ports): DomainLook | undefined {
  const { pids } = new LiveGuests(ports.root, ports.tasks)
  if (pids.length === 0 || connect !== undefined) return undefined
  const link: Link = {
    kind: 'domain',
    subject: null,
    state: 'undecided',
    evidence: [`guests run here (pid ${pids.join(', ')}) and were not looked at: ${why}`],
    next: ["name libvirt's connection with --connect, or give each guest's XML with --domain FILE"],
  }
  return { links: [link], subjects: [] }
}

/** One that is not there does not keep the others from being audited. */
async function eachAlone(request: GateRequest, ports: Ports): Promise<DomainLook> {
  const looks = await Promise.all(
    request.domains.map(async (name): Promise<DomainLook> => {
      try {
        return audited(await ask([name], request, ports))
      } catch (error) {
        return { links: [failedLink('domain', name, error)], subjects: [] }
      }
    }),
  )
  return { links: looks.flatMap(({ links }) => links), subjects: looks.flatMap(({ subjects }) => subjects) }
}

function ask(targets: readonly string[], { connect }: GateRequest, ports: Ports): Promise<AuditSubject[]> {
  return subjectsOf({ targets, connect, filesForThisMachine: true }, ports)
}

function audited(subjects: readonly AuditSubject[]): DomainLook {
  return { links: subjects.map(domainLink), subjects }
}

function domainLink(subject: AuditSubject): Link {
  const { domain, realtimeVcpus, findings, undecided, result } = auditSubject(subject)
  const fails = findings.filter(({ severity }) => severity === 'fail')
  const warns = findings.filter(({ severity }) => severity === 'warn')
  const open = undecided.filter(({ severity }) => severity === 'fail')
  return {
    kind: 'domain',
    subject: domain,
    state: result,
    evidence: [
      ...fails.map(({ rule, message }) => `${rule}: ${message}`),
      ...open.map(({ rule, reason }) => `${rule} is undecided: ${reason}`),
      ...(fails.length + open.length === 0 ? [`fit, real-time vCPUs ${realtimeVcpus}`] : []),
      ...warns.map(({ rule, message }) => `warning ${rule}: ${message}`),
    ],
    next: [...new Set(fails.map(({ rule, fix }) => `${rule}: ${fix}`))],
  }
}

function none(why: string): DomainLook {
  return { links: [absent('domain', why)], subjects: [] }
}
