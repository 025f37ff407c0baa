import type { Root } from './ports.ts'

/** Clock sources that only a guest of that hypervisor has (drivers/clocksource, arch/x86/kernel/kvmclock.c). */
const BY_CLOCKSOURCE: readonly (readonly [string, string])[] = [
  ['kvm-clock', 'kvm'],
  ['hyperv_clocksource', 'microsoft'],
  ['xen', 'xen'],
]

/** How firmware tables begin, with systemd-detect-virt(1)'s names for the hypervisors. */
const BY_FIRMWARE: readonly (readonly [string, string])[] = [
  ['KVM', 'kvm'],
  ['OpenStack', 'kvm'],
  ['KubeVirt', 'kvm'],
  ['Amazon EC2', 'amazon'],
  ['Google', 'google'],
  ['QEMU', 'qemu'],
  ['VMware', 'vmware'],
  ['VMW', 'vmware'],
  ['innotek GmbH', 'oracle'],
  ['VirtualBox', 'oracle'],
  ['Xen', 'xen'],
  ['Bochs', 'bochs'],
  ['Parallels', 'parallels'],
  ['BHYVE', 'bhyve'],
  ['Virtual Machine', 'microsoft'],
  ['Apple Virtualization', 'apple'],
]

/**
 * The hypervisor below this machine, by systemd-detect-virt(1)'s names: `none` on bare metal, `vm-other` for one that
 * cannot be named. On x86 every hypervisor announces itself by the `hypervisor` CPU flag; cloud vendors put their
 * firmware names on bare metal too, so without the flag firmware says nothing. ARM has no such flag.
 */
export function detectVirtualization(root: Root, flags: ReadonlySet<string>): string {
  const hypervisor = text(root, '/sys/hypervisor/type')
  if (hypervisor === 'xen' && isXenHost(root)) return 'none'
  const x86 = flags.has('fpu') || flags.has('tsc')
  if (x86 && !flags.has('hypervisor') && hypervisor === '') return 'none'
  if (hypervisor !== '') return hypervisor
  const firmware = byFirmware(root)
  return byClocksource(root) ?? firmware ?? (x86 ? 'vm-other' : byDeviceTree(root))
}

/** Xen's first domain drives the hardware and counts as the host (docs/misc/pvh of Xen, /proc/xen/capabilities). */
function isXenHost(root: Root): boolean {
  return text(root, '/proc/xen/capabilities').includes('control_d')
}

function byClocksource(root: Root): string | undefined {
  const offered = text(root, '/sys/devices/system/clocksource/clocksource0/available_clocksource')
  return BY_CLOCKSOURCE.find(([name]) => offered.split(' ').some((one) => one.startsWith(name)))?.[1]
}

function byFirmware(root: Root): string | undefined {
  const names = ['product_name', 'sys_vendor'].map((name) => text(root, `/sys/class/dmi/id/${name}`))
  return BY_FIRMWARE.find(([start]) => names.some((name) => name.startsWith(start)))?.[1]
}

/** A device tree of KVM names it (Documentation/devicetree: `linux,kvm`, `xen,xen`). */
function byDeviceTree(root: Root): string {
  const compatible = text(root, '/proc/device-tree/hypervisor/compatible')
  return compatible.includes('linux,kvm') ? 'kvm' : compatible.includes('xen') ? 'xen' : 'none'
}

function text(root: Root, path: string): string {
  return root.readTextIfThere(path)?.trim() ?? ''
}
