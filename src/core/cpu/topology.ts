import type { CpuFacts, CpuPlace } from '../facts.ts'
import { CpuSet } from './cpu-set.ts'

/** A core with its online hardware threads. */
export interface Core {
  node: number
  /** online hardware threads */
  cpus: CpuSet
}

/** Every core with an online thread, by its lowest CPU number. */
export function coresOf(facts: Pick<CpuFacts, 'places'>): Core[] {
  const seen = new Set<number>()
  const cores: Core[] = []
  for (const place of facts.places.toSorted((a, b) => a.cpu - b.cpu)) {
    if (seen.has(place.cpu)) continue
    for (const cpu of place.siblings.cpus) seen.add(cpu)
    cores.push({ node: place.node, cpus: place.siblings })
  }
  return cores
}

/** Cores by NUMA node, in order of the nodes' numbers; nodes of memory alone do not appear. */
export function coresByNode(facts: Pick<CpuFacts, 'places'>): Map<number, Core[]> {
  const byNode = new Map<number, Core[]>()
  for (const core of coresOf(facts)) byNode.set(core.node, [...(byNode.get(core.node) ?? []), core])
  return new Map([...byNode].sort(([a], [b]) => a - b))
}

/** Hardware threads of the same cores as `cpus`, those included. */
export function withSiblings(cpus: CpuSet, places: readonly CpuPlace[]): CpuSet {
  return cpus.union(
    CpuSet.of(places.filter(({ cpu }) => cpus.has(cpu)).flatMap(({ siblings }) => siblings.cpus)),
  )
}
