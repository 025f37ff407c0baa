import { acpi } from './acpi.ts'
import { audio } from './audio.ts'
import { bootloader } from './bootloader.ts'
import { cpu } from './cpu.ts'
import { disk } from './disk.ts'
import { hugepages } from './hugepages.ts'
import { irq } from './irq.ts'
import { irqbalance } from './irqbalance.ts'
import type { SettingKind } from './kind.ts'
import { kvm } from './kvm.ts'
import { modules } from './modules.ts'
import { net } from './net.ts'
import { notDone } from './not-done.ts'
import { scheduler } from './scheduler.ts'
import { script } from './script.ts'
import { scsiHost } from './scsi-host.ts'
import { selinux } from './selinux.ts'
import { service } from './service.ts'
import { sysctl } from './sysctl.ts'
import { sysfs } from './sysfs.ts'
import { systemd } from './systemd.ts'
import { thresholds } from './thresholds.ts'
import { uncore } from './uncore.ts'
import { usb } from './usb.ts'
import { video } from './video.ts'
import { vm } from './vm.ts'

/** All kinds of settings. A new one is a file here and a line in this list. */
export const KINDS: readonly SettingKind[] = [
  acpi,
  audio,
  bootloader,
  cpu,
  disk,
  hugepages,
  irq,
  irqbalance,
  kvm,
  modules,
  net,
  scheduler,
  script,
  scsiHost,
  selinux,
  service,
  sysctl,
  sysfs,
  systemd,
  thresholds,
  uncore,
  usb,
  video,
  vm,
  ...notDone,
]

const BY_TYPE = new Map(KINDS.map((kind) => [kind.type, kind]))

/** The kind that answers for a unit's type, or undefined when quietcore does not know the type. */
export function kindOf(type: string): SettingKind | undefined {
  return BY_TYPE.get(type)
}

/** Every unit type that quietcore knows. */
export const SECTION_TYPES: ReadonlySet<string> = new Set(KINDS.map(({ type }) => type))
