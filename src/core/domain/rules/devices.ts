import type { Device } from '../domain.ts'
import { type Answer, faults, type Rule, type Subject } from '../rule.ts'

/** The nova setting that leaves each kind of device away. */
const NOVA: Readonly<Record<string, string>> = {
  graphics: '[vnc] enabled=false and [spice] enabled=false',
  video: '[vnc] enabled=false and [spice] enabled=false',
  sound: 'no hw_sound_model on the image',
  audio: '[vnc] enabled=false and [spice] enabled=false',
  controller: 'pointer_model=ps2mouse',
  hub: 'pointer_model=ps2mouse',
  input: 'pointer_model=ps2mouse',
  redirdev: '[spice] enabled=false',
  hostdev: 'no USB device in the PCI alias',
  rng: 'hw_rng:allowed=false',
}

/** W4: nothing that makes the emulator poll, draw or play. */
export const busyDevices: Rule = {
  id: 'W4',
  severity: 'warn',
  title: 'there is no USB, video, graphics, sound, tablet, redirected or random device',
  why: 'Video, sound and USB make the emulator poll and hold its lock, for which a vCPU that leaves the guest waits.',
  fix: "Remove the devices; <controller type='usb' model='none'/>.",
  ask({ domain }: Subject): Answer {
    const kinds = [...new Set(domain.busyDevices.map(({ kind }) => kind))]
    return {
      faults: kinds.map((kind) => ({
        message: `${nameOf(kind)}: ${whatOf(domain.busyDevices, kind)}`,
        fix: `${remedyOf(domain.busyDevices, kind)}; in nova ${NOVA[kind] ?? 'the property that adds it'}.`,
      })),
    }
  },
}

function whatOf(devices: readonly Device[], kind: string): string {
  const what = [...new Set(devices.filter((one) => one.kind === kind).map(({ what }) => what))].join(', ')
  const users = usersOf(devices, kind)
  return users === '' ? what : `${what}, used by ${users}`
}

function remedyOf(devices: readonly Device[], kind: string): string {
  if (kind !== 'controller') return `Remove <${kind}>`
  const users = usersOf(devices, kind)
  return `${users === '' ? '' : `Take ${users} off USB, then `}<controller type='usb' model='none'/>`
}

function usersOf(devices: readonly Device[], kind: string): string {
  return devices.find((one) => one.kind === kind)?.usedBy?.join(', ') ?? ''
}

function nameOf(kind: string): string {
  return kind === 'controller' ? 'USB controller' : kind === 'input' ? 'input device' : kind
}

/** W8: nothing waits to be plugged in. */
export const hotplug: Rule = {
  id: 'W8',
  severity: 'warn',
  title: 'there is no headroom for hot-plugging vCPUs or memory',
  why: 'Plugging a CPU or memory stops the guest for milliseconds, and a plugged vCPU has neither pin nor scheduler of its own.',
  fix: '<vcpu> without current, <currentMemory> equal to <memory>, no <maxMemory>; nova plugs in neither.',
  ask: ({ domain }: Subject): Answer =>
    faults(
      domain.vcpus.size < domain.maxVcpus &&
        `${domain.vcpus.size} of ${domain.maxVcpus} vCPUs are plugged in`,
      domain.currentMemoryKib < domain.memoryKib &&
        `${domain.currentMemoryKib} of ${domain.memoryKib} KiB of memory are given to the guest`,
      domain.hotplugMemoryKib > domain.memoryKib &&
        `memory may grow from ${domain.memoryKib} to ${domain.hotplugMemoryKib} KiB`,
    ),
}

const REMOVABLE = new Set(['cdrom', 'floppy'])

/** W9: disk I/O away from the emulator's main loop. */
export const iothreads: Rule = {
  id: 'W9',
  severity: 'warn',
  title: 'every disk has an iothread',
  why: "Without one the emulator's main loop serves the disk, under the lock that every vCPU leaving the guest needs.",
  fix: "<iothreads>1</iothreads>, <driver … iothread='1'/> on the disk and <iothreadpin iothread='1' cpuset='housekeeping'/>; nova does it from 2026.1 on.",
  ask({ domain }: Subject): Answer {
    const bare = domain.disks.filter(({ ownThread, device }) => !ownThread && !REMOVABLE.has(device))
    return faults(
      bare.length > 0 &&
        `no iothread serves ${bare.map(({ target, bus }) => `${target} (${bus || 'no bus'})`).join(', ')}`,
    )
  },
}
