import { child, childrenOf, element, setAttribute } from '../xml.ts'
import { append, type Change, childMade, type Patient, type Remedy, removeChildren } from './change.ts'

const GIB_KIB = 1024 * 1024
const TWO_MIB_KIB = 2048

/** F5: huge pages, locked, not shared, strictly on the node of the pins where that is known. */
export const memoryRemedy: Remedy = ({ root, domain, nodes }: Patient): Change[] => {
  const changes: Change[] = []
  const say = (message: string) => changes.push({ rule: 'F5', message })
  const backing = childMade(root, 'memoryBacking')
  if (!domain.hugepagesWanted) {
    const sizes = [domain.memoryKib, ...childrenOf(child(root, 'cpu', 'numa'), 'cell').map(memoryOfCell)]
    const whole = sizes.every((kib) => kib > 0 && kib % GIB_KIB === 0)
    const size = `${whole ? GIB_KIB : TWO_MIB_KIB}`
    append(backing, element('hugepages', {}, [element('page', { size, unit: 'KiB' })]))
    say(`memory of huge pages of ${size} KiB`)
  }
  if (!domain.nosharepages) {
    append(backing, element('nosharepages'))
    say('memory is never merged (nosharepages)')
  }
  if (!domain.locked) {
    append(backing, element('locked'))
    say('memory is locked')
  }
  const tune = child(root, 'numatune')
  for (const place of [...childrenOf(tune, 'memory'), ...childrenOf(tune, 'memnode')]) {
    const mode = place.attributes.get('mode')
    if (mode !== undefined && mode !== 'strict' && place.attributes.has('nodeset')) {
      setAttribute(place, 'mode', 'strict')
      say(`${place.name}: NUMA mode strict`)
    }
  }
  if (!tune && nodes && nodes.size > 0) {
    append(childMade(root, 'numatune'), element('memory', { mode: 'strict', nodeset: nodes.toString() }))
    say(`memory strictly on host node ${nodes}`)
  }
  return changes
}

function memoryOfCell(cell: { attributes: ReadonlyMap<string, string> }): number {
  const unit = cell.attributes.get('unit') ?? 'KiB'
  return unit === 'KiB' ? Number(cell.attributes.get('memory') ?? 0) : 0
}

/** W3, W8: no balloon, and all memory given at boot. Headroom of vCPUs stays: pins and topology hang on it. */
export const headroomRemedy: Remedy = ({ root, domain }: Patient): Change[] => {
  const changes: Change[] = []
  if (domain.currentMemoryKib < domain.memoryKib) {
    removeChildren(root, ({ name }) => name === 'currentMemory')
    changes.push({ rule: 'W8', message: `all ${domain.memoryKib} KiB of memory given at boot` })
  }
  if (domain.hotplugMemoryKib > domain.memoryKib && domain.memoryDevices === 0) {
    removeChildren(root, ({ name }) => name === 'maxMemory')
    changes.push({ rule: 'W8', message: 'no memory to plug in later (maxMemory removed)' })
  }
  if (domain.memballoon !== 'none') {
    const devices = childMade(root, 'devices')
    removeChildren(devices, ({ name }) => name === 'memballoon')
    append(devices, element('memballoon', { model: 'none' }))
    changes.push({ rule: 'W3', message: 'no memory balloon' })
  }
  return changes
}
