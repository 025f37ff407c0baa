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

/**
 * `<memory>` speaks for all cells that have no `<memnode>` of their own; without it each needs one. With several cells a
 * `<memory>` of several nodes leaves open which cell's memory comes from which.
 */
function placeless(domain: Domain): Fault[] {
  const { memoryPlaces, cells } = domain
  if (memoryPlaces.length === 0) return []
  const bare = bareCells(domain)
  const whole = memoryPlaces.find(({ cell }) => cell === null)
  if (whole) {
    const several = whole.nodeset && whole.nodeset.size > 1 && cells.length > 1
    if (!several || bare.size === 0) return []
    return [
      {
        message: `memory of guest cells ${bare} may come from any of the nodes ${whole.nodeset}: <numatune> has no <memnode> for it`,
        fix: 'A strict <memnode> for each guest cell, with the host node of its vCPUs; nova writes it for hw:numa_nodes.',
      },
    ]
  }
  if (cells.length > 0 && bare.size === 0) return []
  const whose = cells.length === 0 ? 'guest memory' : `memory of guest cells ${bare}`
  return [
    {
      message: `${whose} may come from any node: <numatune> has no <memory>, and no <memnode> for it`,
      fix: "<numatune><memory mode='strict' nodeset='…'/></numatune>, or a strict <memnode> for each guest cell.",
    },
  ]
}

/** Guest cells without a `<memnode>`. */
function bareCells({ cells, memoryPlaces }: Domain): CpuSet {
  const placed = CpuSet.of(memoryPlaces.flatMap(({ cell }) => cell ?? []))
  return CpuSet.of(cells.map(({ id }) => id)).minus(placed)
}

/**
 * A cell's memory, and that of a guest without cells, lies on the nodes of its real-time vCPUs' pins and on no other: a
 * housekeeping vCPU may stand elsewhere. A `<memory>` over several cells spans the nodes of all of them.
 */
function nodeFaults(domain: Domain, realtime: RealtimePlan, places: readonly CpuPlace[]): Fault[] {
  const nodeOf = new Map(places.map(({ cpu, node }) => [cpu, node]))
  const nodesOf = (vcpus: CpuSet): CpuSet =>
    CpuSet.of(
      vcpus.cpus.flatMap((vcpu) => pinOf(domain, vcpu)?.cpus ?? []).flatMap((cpu) => nodeOf.get(cpu) ?? []),
    )
  const allPlaced = domain.cells.length > 0 && bareCells(domain).size === 0
  return domain.memoryPlaces.flatMap(({ cell, nodeset }) => {
    const members = cell === null ? domain.vcpus : domain.cells.find(({ id }) => id === cell)?.vcpus
    if (!nodeset || !members) return []
    const pinned = nodesOf(members.intersect(realtime.vcpus))
    const all = nodesOf(members)
    const spans = cell === null && (allPlaced || (domain.cells.length > 1 && nodeset.size > 1))
    const near = spans || pinned.size === 0 ? all : pinned
    const where = cell === null ? 'guest memory' : `memory of guest cell ${cell}`
    if (pinned.isSubsetOf(nodeset) && (near.size === 0 || nodeset.isSubsetOf(near))) return []
    return [
      {
        message: `${where} is on node ${nodeset}; its real-time vCPUs run on node ${pinned.size > 0 ? pinned : all}`,
      },
    ]
  })
}
