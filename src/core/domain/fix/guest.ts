import { isHostCached } from '../devices.ts'
import { attribute, child, childrenOf, setAttribute } from '../xml.ts'
import { type Change, childMade, type Patient, type Remedy, removeChildren } from './change.ts'

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

/** T1: disks past the host's page cache. */
export const cacheRemedy: Remedy = ({ root, domain }: Patient): Change[] => {
  const cached = new Set(domain.disks.filter(isHostCached).map(({ target }) => target))
  return childrenOf(child(root, 'devices'), 'disk').flatMap((disk) => {
    const target = attribute(child(disk, 'target'), 'dev') ?? '?'
    if (!cached.has(target) || (attribute(disk, 'device') ?? 'disk') !== 'disk') return []
    const driver = childMade(disk, 'driver')
    if (!driver.attributes.has('name')) setAttribute(driver, 'name', 'qemu')
    setAttribute(driver, 'cache', 'none')
    return [{ rule: 'T1', message: `disk ${target}: cache none` }]
  })
}
