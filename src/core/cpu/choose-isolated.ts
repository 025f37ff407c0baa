import { InputError } from '../errors.ts'
import type { CpuFacts } from '../facts.ts'
import { CpuSet } from './cpu-set.ts'
import { type Core, coresByNode } from './topology.ts'

export interface ChooseOptions {
  /** whole cores that each NUMA node keeps for housekeeping; default 1 */
  housekeepingCoresPerNode?: number
}

/**
 * The CPUs that `isolated_cores=auto` isolates: all online ones but, on each NUMA node, the lowest-numbered whole
 * core with all its hardware threads, so that node-local kernel work (kswapd, unbound workqueues, device interrupts)
 * has a CPU beside the memory it touches. The core of CPU 0 always stays: timekeeping and the interrupts that cannot
 * be moved live there. Offline CPUs are not isolated; a node with a single core keeps it.
 *
 * One core a node is the least that works, and what compute nodes that sell their cores run with. A host that also
 * carries Open vSwitch, storage or many emulator threads wants two to four a node: ask for them here, or name the
 * CPUs in the variables file.
 * @throws InputError `nothing-to-isolate` when housekeeping takes every core
 */
export function chooseIsolatedCores(facts: Pick<CpuFacts, 'places'>, options: ChooseOptions = {}): CpuSet {
  const keep = options.housekeepingCoresPerNode ?? 1
  const byNode = coresByNode(facts)
  const isolated = [...byNode.values()].flatMap((cores) => cpu0First(cores).slice(keep))
  if (isolated.length === 0) throw nothingToIsolate(byNode, keep)
  return CpuSet.of(isolated.flatMap(({ cpus }) => cpus.cpus))
}

/** CPU 0 is the lowest number there is, but on some machines it is offline-able: keep the rule explicit. */
function cpu0First(cores: readonly Core[]): Core[] {
  return cores.toSorted((a, b) => Number(b.cpus.has(0)) - Number(a.cpus.has(0)))
}

function nothingToIsolate(byNode: ReadonlyMap<number, readonly Core[]>, keep: number): InputError {
  const nodes = [...byNode].map(([node, cores]) => `node ${node} has ${count(cores.length, 'core')}`)
  return new InputError({
    code: 'nothing-to-isolate',
    message: `isolated_cores=auto finds no CPU to isolate: each NUMA node keeps ${count(keep, 'whole core')} for housekeeping, and ${nodes.join(', ') || 'no CPU is online'}`,
    next: 'Use a machine with more cores, or name the CPUs in isolated_cores if half a core is worth isolating.',
  })
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
