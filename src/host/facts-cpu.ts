import { CpuSet } from '../core/cpu/cpu-set.ts'
import type { CpuFacts, CpuPlace, NumaNode } from '../core/facts.ts'
import type { Root } from './ports.ts'
import { readCpus } from './read-cpus.ts'

const CPU = '/sys/devices/system/cpu'

/** CPUs, their places and what they can (Documentation/admin-guide/cputopology.rst). */
export function collectCpuFacts(root: Root, cpuinfo: string, nodes: readonly NumaNode[]): CpuFacts {
  const { possible, present, online } = cpuSets(root, cpuinfo)
  const nodeOf = new Map(nodes.flatMap(({ node, cpus }) => cpus.cpus.map((cpu) => [cpu, node] as const)))
  return {
    possible,
    present,
    online,
    isolated: readCpus(root, `${CPU}/isolated`) ?? CpuSet.empty,
    nohzFull: readCpus(root, `${CPU}/nohz_full`),
    places: online.cpus.map((cpu) => placeOf(root, cpu, online, nodeOf.get(cpu) ?? 0)),
    vendor: cpuinfoField(cpuinfo, 'vendor_id'),
    model: cpuinfoField(cpuinfo, 'model name'),
    flags: new Set(
      (cpuinfoField(cpuinfo, 'flags') || cpuinfoField(cpuinfo, 'Features')).split(' ').filter(Boolean),
    ),
  }
}

/** The CPUs of a machine without NUMA folders are all on its one node. */
export function onlineCpus(root: Root, cpuinfo: string): CpuSet {
  return readCpus(root, `${CPU}/online`) ?? cpuSets(root, cpuinfo).online
}

function cpuSets(root: Root, cpuinfo: string): { possible: CpuSet; present: CpuSet; online: CpuSet } {
  const possibleFile = readCpus(root, `${CPU}/possible`)
  const presentFile = readCpus(root, `${CPU}/present`)
  const present = presentFile ?? possibleFile ?? cpuFolders(root) ?? cpuinfoProcessors(cpuinfo)
  const online = readCpus(root, `${CPU}/online`) ?? present.minus(switchedOff(root, present))
  return { possible: possibleFile ?? present, present, online }
}

function cpuFolders(root: Root): CpuSet | undefined {
  const names = root.list(CPU).filter((name) => /^cpu\d+$/.test(name))
  return names.length === 0 ? undefined : CpuSet.of(names.map((name) => Number(name.slice(3))))
}

/** At least CPU 0: whatever runs a kernel has one. */
function cpuinfoProcessors(cpuinfo: string): CpuSet {
  const found = [...cpuinfo.matchAll(/^processor[ \t]*:[ \t]*(\d+)$/gm)].map((match) => Number(match[1]))
  return CpuSet.of(found.length === 0 ? [0] : found)
}

function switchedOff(root: Root, present: CpuSet): CpuSet {
  return CpuSet.of(
    present.cpus.filter((cpu) => root.readTextIfThere(`${CPU}/cpu${cpu}/online`)?.trim() === '0'),
  )
}

function placeOf(root: Root, cpu: number, online: CpuSet, node: number): CpuPlace {
  const topology = `${CPU}/cpu${cpu}/topology`
  // core_cpus_list is the newer name of thread_siblings_list (Documentation/ABI/stable/sysfs-devices-system-cpu).
  const siblings =
    readCpus(root, `${topology}/thread_siblings_list`) ?? readCpus(root, `${topology}/core_cpus_list`)
  return {
    cpu,
    package: integer(root, `${topology}/physical_package_id`) ?? 0,
    core: integer(root, `${topology}/core_id`) ?? cpu,
    node,
    siblings: (siblings ?? CpuSet.empty).intersect(online).union(CpuSet.of([cpu])),
  }
}

/** Some ARM and virtual machines say -1 for a package they do not know: package 0 then. */
function integer(root: Root, path: string): number | undefined {
  const text = root.readTextIfThere(path)?.trim()
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function cpuinfoField(cpuinfo: string, name: string): string {
  for (let from = 0; from < cpuinfo.length; ) {
    const end = cpuinfo.indexOf('\n', from)
    const line = cpuinfo.slice(from, end < 0 ? undefined : end)
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).trim() === name) return line.slice(colon + 1).trim()
    if (end < 0) break
    from = end + 1
  }
  return ''
}
