import { CpuSet } from '../core/cpu/cpu-set.ts'
import type { Unit } from '../core/profile/profile.ts'
import { chosenDevices } from './devices.ts'
import type { Machine } from './kind.ts'

export const CPU = '/sys/devices/system/cpu'

/** One frequency domain: `/sys/devices/system/cpu/cpufreq/policy0`. */
export interface FrequencyPolicy {
  dir: string
  /** online CPUs of the domain */
  cpus: CpuSet
}

/** Online CPUs that the unit's `devices=` chooses (`cpu0`, `cpu[1-3]`). */
export function cpusOfUnit(unit: Unit, { facts }: Machine): CpuSet {
  const names = facts.cpu.online.cpus.map((cpu) => `cpu${cpu}`)
  return CpuSet.of(chosenDevices(unit, names).map((name) => Number(name.slice(3))))
}

/** Frequency domains with a chosen online CPU; empty where Linux does not choose the frequency. */
export function policiesOf(cpus: CpuSet, machine: Machine): FrequencyPolicy[] {
  const { root } = machine.ports
  const names = root.list(`${CPU}/cpufreq`).filter((name) => /^policy\d+$/.test(name))
  if (names.length === 0) return perCpu(cpus, machine)
  return names
    .sort((a, b) => Number(a.slice(6)) - Number(b.slice(6)))
    .map((name) =>
      policy(`${CPU}/cpufreq/${name}`, root.readTextIfThere(`${CPU}/cpufreq/${name}/affected_cpus`)),
    )
    .filter((one) => one.cpus.intersect(cpus).size > 0)
}

/** `affected_cpus`: numbers split by blanks (Documentation/admin-guide/pm/cpufreq.rst). */
function policy(dir: string, affected = ''): FrequencyPolicy {
  return { dir, cpus: CpuSet.of(affected.split(/\s+/).filter(Boolean).map(Number)) }
}

/** Before Linux 4.3 a CPU's folder was the domain itself; since then it is a link to one. */
function perCpu(cpus: CpuSet, { ports: { root } }: Machine): FrequencyPolicy[] {
  return cpus.cpus
    .map((cpu) => ({ dir: `${CPU}/cpu${cpu}/cpufreq`, cpus: CpuSet.of([cpu]) }))
    .filter(({ dir }) => root.exists(`${dir}/scaling_governor`))
}
