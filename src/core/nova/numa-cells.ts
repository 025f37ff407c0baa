import { parseCpuSpec } from './cpu-spec.ts'
import type { Flavor, ImageProperties } from './flavor.ts'
import { pythonInt } from './python-values.ts'
import { NovaRefusal } from './refusal.ts'

/** One NUMA node of a guest. */
export interface Cell {
  /** vCPUs that float on the shared set */
  floating: readonly number[]
  /** vCPUs that are pinned one to one */
  pinned: readonly number[]
}

/** objects.ImageMetaProps.NUMA_NODES_MAX */
const MOST_NODES = 128

/** The count of NUMA nodes asked for (_get_numa_node_count_constraint). @throws NovaRefusal */
export function nodeCount({ specs }: Flavor, image: ImageProperties): number | undefined {
  const [own, its] = [specs.get('hw:numa_nodes'), image.get('hw_numa_nodes')]
  if (own && its) throw forbiddenByFlavor('hw_numa_nodes')
  const text = own || its
  if (text === undefined) return undefined
  const nodes = pythonInt(text)
  if (nodes === undefined || String(nodes) !== text || nodes < 1) {
    throw new NovaRefusal(
      'InvalidNUMANodesNumber',
      `The property 'numa_nodes' cannot be '${text}'. It must be a number greater than 0`,
    )
  }
  return nodes
}

/**
 * The guest's nodes with their vCPUs (_get_numa_topology_auto and _manual).
 * @throws NovaRefusal `ImageNUMATopology…`
 */
export function numaCells(
  flavor: Flavor,
  image: ImageProperties,
  nodes: number,
  pinned: ReadonlySet<number>,
): Cell[] {
  const cpus = listOf(flavor, image, 'numa_cpus', parseCpuSpec)
  const memory = listOf(flavor, image, 'numa_mem', integer)
  if (cpus === undefined && memory === undefined) return evenCells(flavor, nodes, pinned)
  if (cpus === undefined || memory === undefined || cpus.length !== nodes || memory.length !== nodes) {
    throw new NovaRefusal(
      'ImageNUMATopologyIncomplete',
      'CPU and memory allocation must be provided for all NUMA nodes',
    )
  }
  return givenCells(flavor, pinned, cpus, memory)
}

/** Memory of each node, MiB: as given, else in equal parts; undefined where the flavor's is not known. */
export function cellsMb(flavor: Flavor, image: ImageProperties, nodes: number): number[] | undefined {
  const given = listOf(flavor, image, 'numa_mem', integer)
  if (given) return given
  return flavor.ramMb === undefined ? undefined : Array.from({ length: nodes }, () => flavor.ramMb! / nodes)
}

function evenCells({ vcpus, ramMb }: Flavor, nodes: number, pinned: ReadonlySet<number>): Cell[] {
  if (vcpus % nodes > 0 || (ramMb !== undefined && ramMb % nodes > 0)) {
    throw new NovaRefusal(
      'ImageNUMATopologyAsymmetric',
      'Instance CPUs and/or memory cannot be evenly distributed across instance NUMA nodes. Explicit assignment of CPUs and memory to nodes is required',
    )
  }
  const each = vcpus / nodes
  return Array.from({ length: nodes }, (_, node) =>
    cell(
      Array.from({ length: each }, (_, index) => node * each + index),
      pinned,
    ),
  )
}

function givenCells(
  { vcpus, ramMb }: Flavor,
  pinned: ReadonlySet<number>,
  cpus: readonly ReadonlySet<number>[],
  memory: readonly number[],
): Cell[] {
  const left = new Set(Array.from({ length: vcpus }, (_, cpu) => cpu))
  const cells = cpus.map((set) => {
    const members = [...set].sort((a, b) => a - b)
    for (const cpu of members) {
      if (cpu > vcpus - 1) {
        throw new NovaRefusal(
          'ImageNUMATopologyCPUOutOfRange',
          `CPU number ${cpu} is larger than max ${vcpus - 1} or assigned to more than one node`,
        )
      }
      if (!left.delete(cpu)) {
        throw new NovaRefusal('ImageNUMATopologyCPUDuplicates', `CPU number ${cpu} is assigned to two nodes`)
      }
    }
    return cell(members, pinned)
  })
  if (left.size > 0) {
    throw new NovaRefusal(
      'ImageNUMATopologyCPUsUnassigned',
      `CPU number(s) ${[...left].join(', ')} are not assigned to any node`,
    )
  }
  const total = memory.reduce((sum, one) => sum + one, 0)
  if (ramMb !== undefined && total !== ramMb) {
    throw new NovaRefusal(
      'ImageNUMATopologyMemoryOutOfRange',
      `${total} MB of memory assigned, but expected ${ramMb} MB`,
    )
  }
  return cells
}

function cell(cpus: readonly number[], pinned: ReadonlySet<number>): Cell {
  return {
    floating: cpus.filter((cpu) => !pinned.has(cpu)),
    pinned: cpus.filter((cpu) => pinned.has(cpu)),
  }
}

/** `hw:numa_cpus.0`, `.1`, … up to the first number that is missing; the image's when the flavor has none. */
function listOf<T>(
  { specs }: Flavor,
  image: ImageProperties,
  key: 'numa_cpus' | 'numa_mem',
  read: (text: string) => T,
): T[] | undefined {
  const own = numbered(specs, `hw:${key}`)
  const its = numbered(image, `hw_${key}`)
  if (own.length > 0 && its.length > 0) throw forbiddenByFlavor(`hw_${key}`)
  const texts = own.length > 0 ? own : its
  return texts.length === 0 ? undefined : texts.map(read)
}

function numbered(values: ReadonlyMap<string, string>, key: string): string[] {
  const found: string[] = []
  for (let node = 0; node < MOST_NODES; node++) {
    const text = values.get(`${key}.${node}`)
    if (text === undefined) break
    found.push(text)
  }
  return found
}

function integer(text: string): number {
  const value = pythonInt(text)
  if (value !== undefined) return value
  throw new NovaRefusal('ValueError', `invalid literal for int() with base 10: '${text}'`)
}

function forbiddenByFlavor(name: string): NovaRefusal {
  return new NovaRefusal(
    'ImageNUMATopologyForbidden',
    `Image property '${name}' is not permitted to override NUMA configuration set against the flavor`,
  )
}
