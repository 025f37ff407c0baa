import type { Facts } from '../../../core/facts.ts'
import type { Root } from '../../../host/ports.ts'

/** What the machine is, as far as latency depends on it and the record has no field for it. */
export function machineFacts(facts: Facts, root: Root): Record<string, string> {
  const read = (path: string) => root.readTextIfThere(path)?.trim() || undefined
  const governors = root
    .glob('/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor')
    .flatMap((path) => read(path) ?? [])
  const told: Record<string, string | undefined> = {
    'online-cpus': `${facts.cpu.online}`,
    'isolated-cpus': `${facts.cpu.isolated}` || 'none',
    'nohz-full': facts.cpu.nohzFull === undefined ? undefined : `${facts.cpu.nohzFull}` || 'none',
    microcode: /^microcode\s*:\s*(\S+)/m.exec(facts.cpuinfo)?.[1],
    clocksource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    'cpuidle-driver': read('/sys/devices/system/cpu/cpuidle/current_driver'),
    'cpuidle-governor':
      read('/sys/devices/system/cpu/cpuidle/current_governor') ??
      read('/sys/devices/system/cpu/cpuidle/current_governor_ro'),
    'frequency-governors': [...new Set(governors)].sort().join(' ') || undefined,
    'boot-id': facts.kernel.bootId,
  }
  return Object.fromEntries(
    Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
