import type { Evidence } from '../../core/domain/evidence.ts'
import { parseDomain } from '../../core/domain/parse-domain.ts'
import { parseXml } from '../../core/domain/parse-xml.ts'
import { hostEvidence } from '../../host/libvirt/host-evidence.ts'
import { jobsOf } from '../../host/libvirt/jobs.ts'
import { LiveGuests } from '../../host/libvirt/live-guest.ts'
import { openVirsh, type Virsh } from '../../host/libvirt/virsh.ts'
import type { Ports } from '../../host/ports.ts'
import type { AuditSubject } from './subject.ts'

/** Only a QEMU of this machine has its threads in this machine's /proc. */
const LOCAL = /^qemu(?:\+unix)?:\/\/\/(?:system|session|embed)/
/** A session has its user's domains, an embedded libvirt its process's: neither knows those of others. */
const OF_ONE = /^[^?]*\/(?:session|embed)(?:\?|$)/

/**
 * Domains of libvirt with everything that is known here: XML, other running domains, jobs, live threads, host.
 * @param name undefined: every running domain
 * @throws MachineError `no-such-program`, `no-libvirt`, `no-such-domain`, `virsh-failed`
 */
export async function fromLibvirt(
  ports: Ports,
  names: readonly string[] | undefined,
  uri: string | undefined,
): Promise<AuditSubject[]> {
  const virsh = openVirsh(ports.runner, uri)
  const named = await Promise.all((names ?? []).map(async (name) => read(await virsh.xmlOf(name), name)))
  const [running, connection] = await Promise.all([runningDomains(virsh), virsh.uri()])
  const wanted = names ? named : running.domains
  const complete = running.complete && !OF_ONE.test(connection)
  const local = LOCAL.test(connection)
  const host = local ? hostEvidence(ports.root) : undefined
  const guests = local ? new LiveGuests(ports.root, ports.tasks) : undefined
  const uuids = new Set(running.domains.map(({ domain }) => domain.uuid))
  const jobs = await jobsOf(
    virsh,
    wanted.map(({ domain }) => ({ uuid: domain.uuid ?? '', disks: domain.disks })),
  )
  const domains = running.domains.map(({ domain }) => domain)
  return wanted.map((one, index): AuditSubject => {
    const { uuid } = one.domain
    const isRunning = uuids.has(uuid)
    const evidence: Evidence = {
      host,
      running: isRunning,
      live: isRunning && uuid ? guests?.find(uuid) : undefined,
      neighbours: { domains: domains.filter((other) => other.uuid !== uuid), complete },
      jobs: jobs[index],
    }
    return { ...one, evidence }
  })
}

type Read = Pick<AuditSubject, 'domain' | 'origin' | 'xml'>

/** Those whose XML came, and whether they are all: a domain that ends meanwhile answers nothing and is left out. */
async function runningDomains(virsh: Virsh): Promise<{ domains: Read[]; complete: boolean }> {
  const uuids = await virsh.running()
  const { texts } = await virsh.each(uuids.map((uuid) => ['dumpxml', uuid]))
  const silent = uuids.filter((_, index) => texts[index]!.trim() === '')
  const still = silent.length > 0 ? await virsh.running() : []
  return {
    domains: texts.flatMap((xml, index) => (xml.trim() === '' ? [] : [read(xml, uuids[index]!)])),
    complete: !silent.some((uuid) => still.includes(uuid)),
  }
}

function read(xml: string, name: string): Read {
  const origin = `domain ${name}`
  return { domain: parseDomain(parseXml(xml, origin), origin), origin, xml }
}
