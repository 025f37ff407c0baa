import { CpuSet } from '../../cpu/cpu-set.ts'
import type { CpuPlace } from '../../facts.ts'
import type { Domain } from '../domain.ts'
import { pinOf, type RealtimePlan } from '../realtime-vcpus.ts'
import type { Answer, Fault, Rule, Subject } from '../rule.ts'

/** The smallest huge page that a machine here has (x86 and arm64 with 4 KiB pages: 64 KiB contiguous). */
const SMALLEST_HUGE_KIB = 64

/** F5: memory that no fault, no swap and no page merging touches, on the vCPUs' own node. */
export const memory: Rule = {
  id: 'F5',
  severity: 'fail',
  title: 'memory is of huge pages, locked, not shared, and strictly on the node of the pins',
  why: 'A page fault, a swapped or merged page or a remote node costs a vCPU far more than its deadline.',
  fix: "<memoryBacking><hugepages/><nosharepages/><locked/></memoryBacking> and <numatune><memory mode='strict' nodeset=…/></numatune>; in nova hw:mem_page_size=1GB and hw:locked_memory=yes.",
  ask({ domain, realtime, evidence }: Subject): Answer {
    const found: Fault[] = [...pageFaults(domain)]
    if (!domain.locked)
      found.push({
        message: 'guest memory is not locked',
        fix: '<memoryBacking><locked/>; in nova hw:locked_memory=yes with hw:mem_page_size (from Zed on).',
      })
    if (!domain.nosharepages)
      found.push({
        message: 'the host may merge pages of the guest (no <nosharepages/>)',
        fix: '<memoryBacking><nosharepages/>; nova writes it for hw:cpu_realtime=yes.',
      })
    if (domain.memoryPlaces.length === 0)
      found.push({
        message: 'there is no <numatune>: memory may come from any node',
        fix: "<numatune><memory mode='strict' nodeset='…'/></numatune> with the node of the pins; nova writes it for pinned guests.",
      })
    found.push(...placeless(domain))
    for (const { cell, mode, nodeset } of domain.memoryPlaces) {
      const where = cell === null ? 'guest memory' : `memory of guest cell ${cell}`
      if (mode !== 'strict') found.push({ message: `${where} has the NUMA mode '${mode}', not strict` })
      if (nodeset === null) found.push({ message: `${where} names no host node (placement auto)` })
    }
    const places = evidence.host?.cpu.places
    if (!places) return { faults: found, open: 'the NUMA nodes of the CPUs are not known' }
    return { faults: [...found, ...nodeFaults(domain, realtime, places)] }
  },
}

function pageFaults(domain: Domain): Fault[] {
  if (!domain.hugepagesWanted)
    return [
      {
        message: 'guest memory is not of huge pages',
        fix: '<memoryBacking><hugepages/>; in nova hw:mem_page_size=1GB.',
      },
    ]
  const small = domain.hugepages.filter(({ sizeKib }) => sizeKib !== null && sizeKib < SMALLEST_HUGE_KIB)
  if (small.length > 0)
    return small.map(({ sizeKib }) => ({
      message: `<hugepages> asks for pages of ${sizeKib} KiB, which are no huge pages`,
    }))
  if (domain.hugepages.length === 0 || domain.hugepages.some(({ cells }) => cells === null)) return []
  const covered = CpuSet.of(domain.hugepages.flatMap(({ cells }) => cells?.cpus ?? []))
  const bare = CpuSet.of(domain.cells.map(({ id }) => id)).minus(covered)
  return bare.size > 0 ? [{ message: `guest cells ${bare} have no huge pages` }] : []
}

/** `<memory>` speaks for all cells; without it each cell needs a `<memnode>` of its own. */
function placeless({ memoryPlaces, cells }: Domain): Fault[] {
  if (memoryPlaces.length === 0 || memoryPlaces.some(({ cell }) => cell === null)) return []
  const placed = CpuSet.of(memoryPlaces.flatMap(({ cell }) => cell ?? []))
  const bare = CpuSet.of(cells.map(({ id }) => id)).minus(placed)
  if (cells.length > 0 && bare.size === 0) return []
  const whose = cells.length === 0 ? 'guest memory' : `memory of guest cells ${bare}`
  return [
    {
      message: `${whose} may come from any node: <numatune> has no <memory>, and no <memnode> for it`,
      fix: "<numatune><memory mode='strict' nodeset='…'/></numatune>, or a strict <memnode> for each guest cell.",
    },
  ]
}

/** A cell's memory lies on the nodes of its vCPUs' pins, and on no other. */
function nodeFaults(domain: Domain, realtime: RealtimePlan, places: readonly CpuPlace[]): Fault[] {
  const nodeOf = new Map(places.map(({ cpu, node }) => [cpu, node]))
  const nodesOf = (vcpus: CpuSet): CpuSet =>
    CpuSet.of(
      vcpus.cpus.flatMap((vcpu) => pinOf(domain, vcpu)?.cpus ?? []).flatMap((cpu) => nodeOf.get(cpu) ?? []),
    )
  return domain.memoryPlaces.flatMap(({ cell, nodeset }) => {
    const members = cell === null ? domain.vcpus : domain.cells.find(({ id }) => id === cell)?.vcpus
    if (!nodeset || !members) return []
    const pinned = nodesOf(members.intersect(realtime.vcpus))
    const all = nodesOf(members)
    const where = cell === null ? 'guest memory' : `memory of guest cell ${cell}`
    if (pinned.isSubsetOf(nodeset) && (all.size === 0 || nodeset.isSubsetOf(all))) return []
    return [
      {
        message: `${where} is on node ${nodeset}; its real-time vCPUs run on node ${pinned.size > 0 ? pinned : all}`,
      },
    ]
  })
}
