import type { Device, Disk } from './domain.ts'
import { getsUsbController, usbUser } from './usb.ts'
import { attribute, child, childrenOf, type XmlElement } from './xml.ts'

/** Disks with what serves them. A SCSI disk is served by its controller's thread. */
export function disksOf(root: XmlElement): Disk[] {
  const devices = child(root, 'devices')
  const threaded = new Set(
    childrenOf(devices, 'controller')
      .filter((one) => attribute(one, 'type') === 'scsi' && hasThread(one))
      .map((one) => attribute(one, 'index') ?? '0'),
  )
  return childrenOf(devices, 'disk').map((disk) => {
    const bus = attribute(child(disk, 'target'), 'bus') ?? ''
    const controller = attribute(child(disk, 'address'), 'controller') ?? '0'
    const mirror = child(disk, 'mirror')
    return {
      target: attribute(child(disk, 'target'), 'dev') ?? '?',
      device: attribute(disk, 'device') ?? 'disk',
      type: typeOf(disk),
      bus,
      cache: attribute(child(disk, 'driver'), 'cache') ?? 'default',
      ownThread: servedOutside(disk) || hasThread(disk) || (bus === 'scsi' && threaded.has(controller)),
      job: mirror ? (attribute(mirror, 'job') ?? 'copy') : null,
    }
  })
}

const HOST_FILES = new Set(['file', 'block', 'dir', 'volume'])
const PAST_THE_CACHE = new Set(['none', 'directsync'])
const OUTSIDE = new Set(['vhostuser', 'vhostvdpa'])

/**
 * A disk of the host's files or block devices whose cache mode does not go past the host's page cache. RBD, NVMe and
 * vhost do not come by it, whatever their mode.
 */
export function isHostCached({ type, device, cache }: Disk): boolean {
  return device === 'disk' && HOST_FILES.has(type) && !PAST_THE_CACHE.has(cache)
}

/** Another process or the hardware serves it: libvirt refuses a cache mode and an iothread there. */
export function servedOutside(disk: XmlElement): boolean {
  return OUTSIDE.has(typeOf(disk))
}

function typeOf(disk: XmlElement): string {
  return attribute(disk, 'type') ?? 'file'
}

/** `iothread='1'`, or `<iothreads>` inside the driver (libvirt 10). */
function hasThread(device: XmlElement): boolean {
  const driver = child(device, 'driver')
  return driver?.attributes.has('iothread') === true || child(driver, 'iothreads') !== undefined
}

/** Devices that make QEMU's main loop work beside the guest: the talk's video and sound, and what polls. */
export const BUSY_DEVICES: readonly { kind: string; what: (of: XmlElement) => string | undefined }[] = [
  { kind: 'graphics', what: (of) => attribute(of, 'type') ?? 'graphics' },
  { kind: 'video', what: (of) => unless(attribute(child(of, 'model'), 'type') ?? 'default', 'none') },
  { kind: 'sound', what: (of) => attribute(of, 'model') ?? 'sound' },
  { kind: 'audio', what: (of) => unless(attribute(of, 'type') ?? 'audio', 'none') },
  {
    kind: 'controller',
    what: (of) =>
      attribute(of, 'type') === 'usb' ? unless(attribute(of, 'model') ?? 'usb', 'none') : undefined,
  },
  { kind: 'hub', what: (of) => attribute(of, 'type') ?? 'usb' },
  {
    kind: 'input',
    what: (of) =>
      attribute(of, 'type') === 'tablet' || attribute(of, 'bus') === 'usb'
        ? `${attribute(of, 'type')} on ${attribute(of, 'bus') ?? 'usb'}`
        : undefined,
  },
  { kind: 'redirdev', what: (of) => attribute(of, 'type') ?? 'usb' },
  { kind: 'hostdev', what: (of) => (attribute(of, 'type') === 'usb' ? 'usb' : undefined) },
  { kind: 'rng', what: (of) => attribute(of, 'model') ?? 'rng' },
]

/** What W4 says of that device; undefined where it says nothing. */
export function busyWith(device: XmlElement): string | undefined {
  return BUSY_DEVICES.find(({ kind }) => kind === device.name)?.what(device)
}

/** Devices on USB that are of use by themselves, so that the controller has to stay: `disk sda`. */
export function usbUsers(root: XmlElement): string[] {
  return childrenOf(child(root, 'devices'))
    .filter((one) => busyWith(one) === undefined && one.name !== 'smartcard')
    .flatMap((one) => usbUser(one) ?? [])
}

export function busyDevices(root: XmlElement): Device[] {
  const devices = childrenOf(child(root, 'devices'))
  const users = usbUsers(root)
  const usedBy = (kind: string): Pick<Device, 'usedBy'> =>
    kind === 'controller' && users.length > 0 ? { usedBy: users } : {}
  const written = BUSY_DEVICES.flatMap(({ kind, what }) =>
    devices
      .filter(({ name }) => name === kind)
      .flatMap((one) => {
        const found = what(one)
        return found === undefined ? [] : [{ kind, what: found, ...usedBy(kind) }]
      }),
  )
  if (!getsUsbController(root)) return written
  const added = { kind: 'controller', what: 'none is written, libvirt adds one', ...usedBy('controller') }
  return [...written, added]
}

function unless(found: string, not: string): string | undefined {
  return found === not ? undefined : found
}
