import { BUSY_DEVICES, busyWith, usbUsers } from '../devices.ts'
import { attribute, child, childrenOf, element, type XmlElement } from '../xml.ts'
import { append, type Change, childMade, type Patient, type Remedy, removeChildren } from './change.ts'

const SPICE = new Set(['spicevmc', 'spiceport'])

/** What hangs on SPICE, or on USB, and has no use without it; libvirt refuses it then. */
const DEPENDANTS: readonly { names: readonly string[]; hangs(of: XmlElement, usbGoes: boolean): boolean }[] =
  [
    { names: ['channel', 'serial', 'parallel', 'console'], hangs: onSpice },
    { names: ['smartcard'], hangs: (of, usbGoes) => usbGoes || onSpice(of) },
    { names: ['redirfilter'], hangs: () => true },
  ]

/**
 * W4: the devices away, with what hangs on them. A USB controller that a disk or a serial line needs stays, and so do the
 * hubs; the audit names who needs it. USB stays away only when libvirt is told so.
 */
export const deviceRemedy: Remedy = ({ root, domain }: Patient): Change[] => {
  if (domain.busyDevices.length === 0) return []
  const devices = childMade(root, 'devices')
  const usbGoes = usbUsers(root).length === 0
  const changes: Change[] = []
  const remove = (name: string, which: (one: XmlElement) => boolean) => {
    const removed = removeChildren(devices, (one) => one.name === name && which(one))
    if (removed > 0) changes.push({ rule: 'W4', message: `removed ${removed} <${name}>` })
  }
  for (const { kind } of BUSY_DEVICES) {
    const carries = kind === 'controller' || kind === 'hub'
    if (usbGoes || !carries) remove(kind, (one) => busyWith(one) !== undefined)
  }
  for (const { names, hangs } of DEPENDANTS)
    for (const name of names) remove(name, (one) => hangs(one, usbGoes))
  if (!child(devices, 'smartcard')) remove('controller', (one) => attribute(one, 'type') === 'ccid')
  const written = childrenOf(devices, 'controller').some((one) => attribute(one, 'type') === 'usb')
  if (usbGoes && !written) {
    append(devices, element('controller', { type: 'usb', index: '0', model: 'none' }))
    changes.push({ rule: 'W4', message: 'no USB controller (model none)' })
  }
  return changes
}

function onSpice(of: XmlElement): boolean {
  return SPICE.has(attribute(of, 'type') ?? '')
}
