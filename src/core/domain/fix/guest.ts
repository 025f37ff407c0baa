import { BUSY_DEVICES } from '../devices.ts'
import { attribute, child, childrenOf, element, setAttribute, type XmlElement } from '../xml.ts'
import { append, type Change, childMade, type Patient, type Remedy, removeChildren } from './change.ts'

/** F7, W1, W2: a KVM guest with the host's CPU and without PMU. */
export const guestRemedy: Remedy = ({ root, domain }: Patient): Change[] => {
  const changes: Change[] = []
  if (domain.type !== 'kvm') {
    setAttribute(root, 'type', 'kvm')
    changes.push({ rule: 'F7', message: 'domain type kvm' })
  }
  if (domain.pmu !== 'off') {
    setAttribute(childMade(childMade(root, 'features'), 'pmu'), 'state', 'off')
    changes.push({ rule: 'W1', message: 'virtual PMU off' })
  }
  const cpu = childMade(root, 'cpu')
  if (domain.cpuMode !== 'host-passthrough') {
    setAttribute(cpu, 'mode', 'host-passthrough')
    // A model, a vendor and the way to match them belong to the other modes (formatdomain.html, CPU model).
    cpu.attributes.delete('match')
    removeChildren(cpu, ({ name }) => name === 'model' || name === 'vendor')
    changes.push({ rule: 'W2', message: 'CPU mode host-passthrough' })
  }
  for (const feature of childrenOf(cpu, 'feature')) {
    const policy = attribute(feature, 'policy')
    if (attribute(feature, 'name') === 'tsc-deadline' && (policy === 'disable' || policy === 'forbid')) {
      setAttribute(feature, 'policy', 'require')
      changes.push({ rule: 'W2', message: 'CPU feature tsc-deadline required' })
    }
  }
  return changes
}

/** W4: the devices away; USB stays away only when libvirt is told so. */
export const deviceRemedy: Remedy = ({ root, domain }: Patient): Change[] => {
  const devices = child(root, 'devices')
  if (!devices || domain.busyDevices.length === 0) return []
  const what = new Map(BUSY_DEVICES.map((one) => [one.kind, one.what]))
  const changes: Change[] = []
  const busy = (one: XmlElement): boolean => what.get(one.name)?.(one) !== undefined
  for (const { kind } of BUSY_DEVICES) {
    const removed = removeChildren(devices, (one) => one.name === kind && busy(one))
    if (removed > 0) changes.push({ rule: 'W4', message: `removed ${removed} <${kind}>` })
  }
  // libvirt adds graphics' companions and a USB controller by itself unless one says none.
  const usb = childrenOf(devices, 'controller').some((one) => attribute(one, 'type') === 'usb')
  if (!usb) {
    append(devices, element('controller', { type: 'usb', index: '0', model: 'none' }))
    changes.push({ rule: 'W4', message: 'no USB controller (model none)' })
  }
  return changes
}

/** T1: disks past the host's page cache. */
export const cacheRemedy: Remedy = ({ root, domain }: Patient): Change[] => {
  const cached = new Set(
    domain.disks
      .filter(({ cache, device }) => device === 'disk' && cache !== 'none' && cache !== 'directsync')
      .map(({ target }) => target),
  )
  return childrenOf(child(root, 'devices'), 'disk').flatMap((disk) => {
    const target = attribute(child(disk, 'target'), 'dev') ?? '?'
    if (!cached.has(target) || (attribute(disk, 'device') ?? 'disk') !== 'disk') return []
    const driver = childMade(disk, 'driver')
    if (!driver.attributes.has('name')) setAttribute(driver, 'name', 'qemu')
    setAttribute(driver, 'cache', 'none')
    return [{ rule: 'T1', message: `disk ${target}: cache none` }]
  })
}
