import { CpuSet } from '../../cpu/cpu-set.ts'
import { servedOutside } from '../devices.ts'
import { isOrdinary, pinOf } from '../realtime-vcpus.ts'
import { attribute, child, childrenOf, element, setAttribute } from '../xml.ts'
import { append, type Change, childMade, type Patient, type Remedy } from './change.ts'

/** F3: fifo and a priority where another real-time scheduler stands, and a vcpusched where the pins say who is meant. */
export const schedulerRemedy: Remedy = ({ root, realtime }: Patient): Change[] => {
  const changes: Change[] = []
  const there = childrenOf(child(root, 'cputune'), 'vcpusched').filter(
    (one) => !isOrdinary(attribute(one, 'scheduler')),
  )
  for (const one of there) {
    const vcpus = attribute(one, 'vcpus')
    if (attribute(one, 'scheduler') !== 'fifo') {
      setAttribute(one, 'scheduler', 'fifo')
      changes.push({ rule: 'F3', message: `vcpusched of vCPUs ${vcpus}: scheduler fifo` })
    }
    const priority = Number(attribute(one, 'priority') ?? 0)
    if (priority < 1 || priority > 99) {
      setAttribute(one, 'priority', '1')
      changes.push({ rule: 'F3', message: `vcpusched of vCPUs ${vcpus}: priority 1` })
    }
  }
  if (there.length > 0 || realtime.from !== 'pins') return changes
  const vcpus = realtime.vcpus.toString()
  append(childMade(root, 'cputune'), element('vcpusched', { vcpus, scheduler: 'fifo', priority: '1' }))
  changes.push({
    rule: 'F3',
    message: `added vcpusched fifo 1 for vCPUs ${vcpus}, which have CPUs of their own`,
  })
  return changes
}

/** F4: the emulator and the iothreads on CPUs that no real-time vCPU has. */
export const emulatorRemedy: Remedy = (patient: Patient): Change[] => {
  const { root, domain, realtime } = patient
  const apart = placeForEmulator(patient)
  if (!apart || realtime.pcpus.size === 0) return []
  const changes: Change[] = []
  const set = (
    name: string,
    attributes: Record<string, string>,
    pin: CpuSet | null | undefined,
    who: string,
  ) => {
    if (pin && pin.intersect(realtime.pcpus).size === 0) return
    const tune = childMade(root, 'cputune')
    const there = childrenOf(tune, name).filter((one) =>
      Object.entries(attributes).every(([key, value]) => attribute(one, key) === value),
    )
    if (there.length === 0) append(tune, element(name, { ...attributes, cpuset: apart.toString() }))
    for (const one of there) setAttribute(one, 'cpuset', apart.toString())
    changes.push({ rule: 'F4', message: `${who} pinned to CPUs ${apart}` })
  }
  set('emulatorpin', {}, domain.emulatorPin, 'emulator threads')
  for (const id of domain.iothreads.cpus) {
    set('iothreadpin', { iothread: `${id}` }, domain.iothreadPins.get(id), `iothread ${id}`)
  }
  return changes
}

/** The CPUs that it has already and no real-time vCPU has; else the host's housekeeping; else the other vCPUs'. */
export function placeForEmulator({ domain, realtime, housekeeping }: Patient): CpuSet | undefined {
  const others = CpuSet.of(realtime.others.cpus.flatMap((vcpu) => pinOf(domain, vcpu)?.cpus ?? []))
  const candidates = [domain.emulatorPin ?? CpuSet.empty, housekeeping ?? CpuSet.empty, others]
  return candidates.map((cpus) => cpus.minus(realtime.pcpus)).find((cpus) => cpus.size > 0)
}

/** W9: one iothread for all disks that can have one, on the emulator's CPUs. */
export const iothreadRemedy: Remedy = (patient: Patient): Change[] => {
  const { root, domain } = patient
  const apart = placeForEmulator(patient)
  const bare = childrenOf(child(root, 'devices'), 'disk').filter((disk) => {
    const device = attribute(disk, 'device') ?? 'disk'
    const thread = attribute(child(disk, 'driver'), 'iothread') ?? child(disk, 'driver', 'iothreads')
    const virtio = attribute(child(disk, 'target'), 'bus') === 'virtio'
    return device === 'disk' && virtio && thread === undefined && !servedOutside(disk)
  })
  if (!apart || bare.length === 0) return []
  const changes: Change[] = []
  const id = domain.iothreads.first ?? 1
  if (domain.iothreads.size === 0) {
    append(root, element('iothreads', {}, [{ kind: 'text', text: '1' }]))
    append(childMade(root, 'cputune'), element('iothreadpin', { iothread: '1', cpuset: apart.toString() }))
    changes.push({ rule: 'W9', message: `added iothread 1, pinned to CPUs ${apart}` })
  }
  for (const disk of bare) {
    const driver = childMade(disk, 'driver')
    if (!driver.attributes.has('name')) setAttribute(driver, 'name', 'qemu')
    setAttribute(driver, 'iothread', `${id}`)
    changes.push({
      rule: 'W9',
      message: `disk ${attribute(child(disk, 'target'), 'dev')} served by iothread ${id}`,
    })
  }
  return changes
}
