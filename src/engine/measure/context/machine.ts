import type { Facts } from '../../../core/facts.ts'
import type { Root } from '../../../host/ports.ts'

/** What the machine is, as far as latency depends on it. null: it does not tell. */
export interface MachineContext {
  hostname: string
  kernel: string
  realtime: boolean
  cmdline: string
  cpuModel: string
  microcode: string | null
  virtualization: string
  os: string
  online: string
  isolated: string
  nohzFull: string | null
  clocksource: string | null
  cpuidleDriver: string | null
  cpuidleGovernor: string | null
  scalingGovernors: readonly string[]
}

export function machineContext(facts: Facts, root: Root): MachineContext {
  const read = (path: string) => root.readTextIfThere(path)?.trim() || null
  const governors = root
    .glob('/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor')
    .flatMap((path) => read(path) ?? [])
  return {
    hostname: facts.hostname,
    kernel: facts.kernel.release,
    realtime: facts.kernel.realtime,
    cmdline: facts.cmdline,
    cpuModel: facts.cpu.model,
    microcode: /^microcode\s*:\s*(\S+)/m.exec(facts.cpuinfo)?.[1] ?? null,
    virtualization: facts.virtualization,
    os: `${facts.os.id} ${facts.os.version}`.trim(),
    online: `${facts.cpu.online}`,
    isolated: `${facts.cpu.isolated}`,
    nohzFull: facts.cpu.nohzFull === undefined ? null : `${facts.cpu.nohzFull}`,
    clocksource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    cpuidleDriver: read('/sys/devices/system/cpu/cpuidle/current_driver'),
    cpuidleGovernor: read('/sys/devices/system/cpu/cpuidle/current_governor'),
    scalingGovernors: [...new Set(governors)].sort(),
  }
}
