import { attribute, child, childrenOf, type XmlElement } from './xml.ts'

/** Machines of QEMU that have no USB by themselves. */
const WITHOUT_USB = /^(?:isapc|microvm|none)/
const X86 = new Set(['x86_64', 'i686'])

/** libvirt adds a USB controller to a PC for which none is written (qemuDomainDefAddDefaultDevices). */
export function getsUsbController(root: XmlElement): boolean {
  const os = child(root, 'os', 'type')
  const pc = X86.has(attribute(os, 'arch') ?? 'x86_64') && !WITHOUT_USB.test(attribute(os, 'machine') ?? 'pc')
  const qemu = ['kvm', 'qemu'].includes(attribute(root, 'type') ?? '')
  const written = childrenOf(child(root, 'devices'), 'controller').some(
    (one) => attribute(one, 'type') === 'usb',
  )
  return qemu && pc && !written
}

/** A device that nobody would take away lightly, and that has no other way to the guest than USB; as `disk sda`. */
export function usbUser(device: XmlElement): string | undefined {
  const target = child(device, 'target')
  const onUsb =
    attribute(child(device, 'address'), 'type') === 'usb' ||
    attribute(target, 'bus') === 'usb' ||
    attribute(target, 'type') === 'usb-serial' ||
    attribute(child(device, 'model'), 'type') === 'usb-net'
  if (!onUsb) return undefined
  return `${device.name} ${attribute(target, 'dev') ?? attribute(target, 'type') ?? ''}`.trim()
}
