import { CpuSet } from '../cpu/cpu-set.ts'
import { InputError } from '../errors.ts'
import { parseCpuset } from './cpuset.ts'
import { busyDevices, disksOf } from './devices.ts'
import type { Domain, GuestCell, MemoryPlace, Scheduling } from './domain.ts'
import { kibOf } from './memory-size.ts'
import { attribute, child, childrenOf, textOf, type XmlDocument, type XmlElement } from './xml.ts'

/** CONFIG_KVM_MAX_NR_VCPUS is at most 4096 (arch/x86/kvm/Kconfig). */
const MOST_VCPUS = 4096

/**
 * The typed domain in a libvirt domain's XML.
 * @param file named in errors
 * @throws InputError `not-a-domain` for other XML, `bad-cpuset` and `bad-number` for values that libvirt refuses
 */
export function parseDomain({ root }: XmlDocument, file: string): Domain {
  if (root.name !== 'domain') {
    throw new InputError({
      code: 'not-a-domain',
      message: `the XML is no libvirt domain: its root element is <${root.name.slice(0, 60)}>`,
      place: { file },
      next: 'Give the file that `virsh dumpxml NAME` writes.',
    })
  }
  // A guest's vCPUs often share one list; a hostile one has it thousands of times.
  const sets = new Map<string, CpuSet>()
  const set = (of: XmlElement | undefined, name: string): CpuSet | null => {
    const text = attribute(of, name)
    if (text === undefined) return null
    const cpus = sets.get(text) ?? parseCpuset(text, `${file}: <${of!.name} ${name}>`)
    sets.set(text, cpus)
    return cpus
  }
  const number = (text: string | undefined, what: string): number => {
    if (text !== undefined && /^\d{1,15}$/.test(text.trim())) return Number(text)
    throw new InputError({
      code: 'bad-number',
      message: `${what} wants a whole number, found '${(text ?? 'nothing').slice(0, 60)}'`,
      place: { file },
    })
  }
  const vcpu = child(root, 'vcpu')
  const tune = child(root, 'cputune')
  const maxVcpus = vcpu ? number(textOf(vcpu), '<vcpu>') : 1
  if (maxVcpus < 1 || maxVcpus > MOST_VCPUS) number(`${maxVcpus} vCPUs`, '<vcpu>')
  const pins = (name: string, id: string): { pins: Map<number, CpuSet>; twice: CpuSet } => {
    const found = new Map<number, CpuSet>()
    const twice: number[] = []
    for (const pin of childrenOf(tune, name)) {
      const thread = number(attribute(pin, id), `<${name} ${id}>`)
      // libvirt refuses a second one, so what it says matters to nobody.
      if (found.has(thread)) twice.push(thread)
      else found.set(thread, set(pin, 'cpuset') ?? parseCpuset('', `${file}: <${name} cpuset>`))
    }
    return { pins: found, twice: CpuSet.of(twice) }
  }
  const vcpuPins = pins('vcpupin', 'vcpu')
  const backing = child(root, 'memoryBacking')
  const memoryKib = kibOf(child(root, 'memory'), file) ?? 0
  const pages = child(backing, 'hugepages')
  const features = childrenOf(child(root, 'cpu'), 'feature')
  return {
    name: textOf(child(root, 'name')),
    uuid: textOf(child(root, 'uuid')) || null,
    type: attribute(root, 'type') ?? '',
    nova: childrenOf(child(root, 'metadata')).some(({ name }) => name === 'nova:instance'),
    maxVcpus,
    vcpus: pluggedIn(root, vcpu, maxVcpus, number),
    cpuset: set(vcpu, 'cpuset'),
    vcpuPins: vcpuPins.pins,
    pinnedTwice: vcpuPins.twice,
    emulatorPin: set(child(tune, 'emulatorpin'), 'cpuset'),
    iothreads: iothreadsOf(root, number),
    iothreadPins: pins('iothreadpin', 'iothread').pins,
    // Of more than there are vCPUs two name the same one, which libvirt refuses; the first that do are enough to say so.
    vcpuScheds: childrenOf(tune, 'vcpusched')
      .slice(0, maxVcpus + 1)
      .map(
        (one): Scheduling => ({
          threads: set(one, 'vcpus') ?? parseCpuset('', `${file}: <vcpusched vcpus>`),
          scheduler: attribute(one, 'scheduler') ?? '',
          priority: one.attributes.has('priority')
            ? number(attribute(one, 'priority'), '<vcpusched priority>')
            : null,
        }),
      ),
    memoryKib,
    currentMemoryKib: kibOf(child(root, 'currentMemory'), file) ?? memoryKib,
    hotplugMemoryKib: kibOf(child(root, 'maxMemory'), file) ?? memoryKib,
    hugepagesWanted: pages !== undefined,
    hugepages: childrenOf(pages, 'page').map((page) => ({
      sizeKib: kibOf(page, file, attribute(page, 'size')) ?? null,
      cells: set(page, 'nodeset'),
    })),
    locked: child(backing, 'locked') !== undefined,
    nosharepages: child(backing, 'nosharepages') !== undefined,
    memoryPlaces: memoryPlaces(root, set, number),
    cells: childrenOf(child(root, 'cpu', 'numa'), 'cell').map(
      (cell, index): GuestCell => ({
        id: cell.attributes.has('id') ? number(attribute(cell, 'id'), '<cell id>') : index,
        vcpus: set(cell, 'cpus') ?? CpuSet.empty,
      }),
    ),
    pmu: child(root, 'features', 'pmu') ? (attribute(child(root, 'features', 'pmu'), 'state') ?? 'on') : null,
    cpuMode: child(root, 'cpu') ? (attribute(child(root, 'cpu'), 'mode') ?? 'custom') : null,
    tscDeadline:
      features
        .filter((one) => attribute(one, 'name') === 'tsc-deadline')
        .map((one) => attribute(one, 'policy') ?? 'require')
        .at(-1) ?? null,
    memballoon: attribute(child(root, 'devices', 'memballoon'), 'model') ?? null,
    disks: disksOf(root),
    busyDevices: busyDevices(root),
    memoryDevices: childrenOf(child(root, 'devices'), 'memory').filter(
      (one) => attribute(one, 'model') !== 'nvdimm',
    ).length,
    root,
  }
}

type ReadNumber = (text: string | undefined, what: string) => number

/** `<vcpu current>` plugs in the first ones; `<vcpus>` says it one by one and wins. */
function pluggedIn(root: XmlElement, vcpu: XmlElement | undefined, max: number, number: ReadNumber): CpuSet {
  const each = childrenOf(child(root, 'vcpus'), 'vcpu')
  if (each.length > 0) {
    const on = each.filter((one) => attribute(one, 'enabled') !== 'no')
    return CpuSet.of(on.map((one) => number(attribute(one, 'id'), '<vcpus><vcpu id>')))
  }
  const current = attribute(vcpu, 'current')
  const count = current === undefined ? max : number(current, '<vcpu current>')
  return CpuSet.range(0, Math.min(count, max) - 1)
}

/** `<iothreads>` numbers them from 1; `<iothreadids>` names some of them otherwise. */
function iothreadsOf(root: XmlElement, number: ReadNumber): CpuSet {
  const named = childrenOf(child(root, 'iothreadids'), 'iothread').map((one) =>
    number(attribute(one, 'id'), '<iothread id>'),
  )
  const counted = child(root, 'iothreads')
  const count = Math.min(counted ? number(textOf(counted), '<iothreads>') : 0, MOST_VCPUS)
  const ids = new Set(named)
  for (let id = 1; ids.size < count; id++) ids.add(id)
  return CpuSet.of(ids)
}

function memoryPlaces(
  root: XmlElement,
  set: (of: XmlElement | undefined, name: string) => CpuSet | null,
  number: ReadNumber,
): MemoryPlace[] {
  const numatune = child(root, 'numatune')
  const place = (one: XmlElement, cell: number | null): MemoryPlace => ({
    cell,
    mode: attribute(one, 'mode') ?? 'strict',
    nodeset: set(one, 'nodeset'),
  })
  return [
    ...childrenOf(numatune, 'memory').map((one) => place(one, null)),
    ...childrenOf(numatune, 'memnode').map((one) =>
      place(one, number(attribute(one, 'cellid'), '<memnode cellid>')),
    ),
  ]
}
