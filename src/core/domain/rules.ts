import type { Rule } from './rule.ts'
import { busyDevices, hotplug, iothreads } from './rules/devices.ts'
import { emulatorOnIsolated, emulatorPins, housekeepingLeft, lockHolder } from './rules/emulator.ts'
import { cpuModel, kvm, memballoon, pmu } from './rules/guest.ts'
import { hostCpus } from './rules/host-cpus.ts'
import { ksm, nxHugePages, rtRuntime } from './rules/host-state.ts'
import { memory } from './rules/memory.ts'
import { neighbours } from './rules/neighbours.ts'
import { hostCache, jobs, memoryDevices, swapped } from './rules/operations.ts'
import { pins } from './rules/pins.ts'
import { scheduler } from './rules/scheduler.ts'

/** Every rule, in the order of the report; docs/domain-audit.md has a paragraph for each. */
export const RULES: readonly Rule[] = [
  pins,
  neighbours,
  scheduler,
  emulatorPins,
  memory,
  hostCpus,
  kvm,
  jobs,
  pmu,
  cpuModel,
  memballoon,
  busyDevices,
  housekeepingLeft,
  lockHolder,
  emulatorOnIsolated,
  hotplug,
  iothreads,
  ksm,
  nxHugePages,
  rtRuntime,
  hostCache,
  swapped,
  memoryDevices,
]
