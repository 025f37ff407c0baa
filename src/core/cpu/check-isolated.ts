import { InputError, type Place } from '../errors.ts'
import type { CpuFacts } from '../facts.ts'
import type { Warning } from '../warning.ts'
import { CpuSet } from './cpu-set.ts'
import { coresByNode, coresOf } from './topology.ts'

/**
 * Judges the CPUs that are to be isolated, before anything changes.
 * @param place where the list was given, for the message
 * @returns what the operator should know: `cpu0-isolated`, `half-smt-pair`, `node-without-housekeeping`
 * @throws InputError `no-isolated-cores`, `unknown-cpu` (beyond what this kernel can ever have), `offline-cpu`,
 *   `all-cpus-isolated`
 */
export function checkIsolated(isolated: CpuSet, facts: CpuFacts, place?: Place): Warning[] {
  const error = errorOf(isolated, facts)
  if (error) throw new InputError(place === undefined ? error : { ...error, place })
  const warnings = [...cpu0(isolated), ...halfPairs(isolated, facts), ...bareNodes(isolated, facts)]
  return place === undefined ? warnings : warnings.map((warning) => ({ ...warning, place }))
}

function errorOf(isolated: CpuSet, { possible, present, online }: CpuFacts) {
  if (isolated.size === 0) {
    return {
      code: 'no-isolated-cores',
      message: 'isolated_cores is empty: no CPU would be isolated',
      next: `Name CPUs out of ${online}, for example isolated_cores=${example(online)}, or let quietcore choose with isolated_cores=auto.`,
    }
  }
  const unknown = isolated.minus(possible.union(present))
  if (unknown.size > 0) {
    return {
      code: 'unknown-cpu',
      message: `isolated_cores=${isolated} names ${unknown}, which this machine does not have; it has ${online}`,
      next: `Name CPUs out of ${online}, or let quietcore choose with isolated_cores=auto.`,
    }
  }
  const offline = isolated.minus(online)
  if (offline.size > 0) {
    return {
      code: 'offline-cpu',
      message: `isolated_cores=${isolated} names ${offline}, which ${offline.size === 1 ? 'is' : 'are'} offline; online are ${online}`,
      next: `Bring ${offline.size === 1 ? 'it' : 'them'} online (echo 1 > /sys/devices/system/cpu/cpu${offline.first}/online), or leave ${offline.size === 1 ? 'it' : 'them'} out.`,
    }
  }
  if (online.isSubsetOf(isolated)) {
    return {
      code: 'all-cpus-isolated',
      message: `isolated_cores=${isolated} isolates every online CPU; none is left for the kernel and its services`,
      next: 'Leave at least one whole core on each NUMA node, CPU 0 among them; isolated_cores=auto does.',
    }
  }
  return undefined
}

function example(online: CpuSet): CpuSet {
  return CpuSet.of(online.cpus.slice(Math.max(1, Math.floor(online.size / 2))))
}

function cpu0(isolated: CpuSet): Warning[] {
  if (!isolated.has(0)) return []
  const message =
    'CPU 0 is to be isolated: the boot CPU keeps timekeeping and interrupts that cannot be moved, so it will not be quiet'
  return [{ code: 'cpu0-isolated', message }]
}

function halfPairs(isolated: CpuSet, facts: CpuFacts): Warning[] {
  const halves = coresOf(facts).filter(({ cpus }) => {
    const inside = cpus.intersect(isolated).size
    return inside > 0 && inside < cpus.size
  })
  if (halves.length === 0) return []
  const named = halves
    .slice(0, 8)
    .map(({ cpus }) => `${cpus.intersect(isolated)} (shares its core with ${cpus.minus(isolated)})`)
  const more = halves.length > named.length ? ` and ${halves.length - named.length} more` : ''
  return [
    {
      code: 'half-smt-pair',
      message: `only some hardware threads of a core are to be isolated: ${named.join(', ')}${more}; housekeeping work on the other thread slows the isolated one down`,
    },
  ]
}

function bareNodes(isolated: CpuSet, facts: CpuFacts): Warning[] {
  return [...coresByNode(facts)].flatMap(([node, cores]) => {
    const cpus = CpuSet.of(cores.flatMap((core) => core.cpus.cpus))
    if (!cpus.isSubsetOf(isolated)) return []
    const message = `NUMA node ${node} keeps no CPU for housekeeping: all of its CPUs ${cpus} are to be isolated, and kernel work on its memory comes from another node`
    return [{ code: 'node-without-housekeeping', message }]
  })
}
