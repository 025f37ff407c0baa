import { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError, MachineError } from '../../core/errors.ts'
import type { CpuFacts } from '../../core/facts.ts'
import type { Finding } from '../../core/latency/measurement.ts'
import { note } from './tool.ts'

export interface MeasuredCpus {
  cpus: CpuSet
  /** for main threads, loads and quietcore itself */
  housekeeping: CpuSet
  findings: readonly Finding[]
}

/**
 * The CPUs to measure, from `isolated` or a cpulist, and those that are left for everything else.
 * @throws MachineError `no-isolated-cpus` when the running kernel isolates none
 * @throws InputError `cpu-offline`, `no-such-cpu`, `bad-cpulist`, `no-cpus`
 */
export function chooseCpus(wanted: string, facts: CpuFacts): MeasuredCpus {
  const cpus = wanted.trim() === 'isolated' ? isolated(facts) : listed(wanted, facts)
  const rest = facts.online.minus(cpus)
  const housekeeping = [rest.minus(facts.isolated), rest, cpus].find((set) => set.size > 0)!
  const findings: Finding[] = []
  if (rest.size === 0) {
    findings.push(
      note(
        'no-housekeeping-cpu',
        `every CPU is measured (${cpus}): the tool's main thread and quietcore run on them too`,
      ),
    )
  }
  return { cpus, housekeeping, findings }
}

function isolated(facts: CpuFacts): CpuSet {
  const cpus = facts.isolated.intersect(facts.online)
  if (cpus.size > 0) return cpus
  throw new MachineError({
    code: 'no-isolated-cpus',
    message:
      'the suite measures the isolated CPUs, but the running kernel isolates none (/sys/devices/system/cpu/isolated is empty)',
    next: "Apply a real-time profile and reboot, or name the CPUs: 'quietcore validate --cpus 2-5'.",
  })
}

function listed(wanted: string, facts: CpuFacts): CpuSet {
  const cpus = CpuSet.parse(wanted)
  if (cpus.size === 0) {
    throw new InputError({
      code: 'no-cpus',
      message: 'the CPU list is empty',
      next: "Name them: '--cpus 2-5'.",
    })
  }
  const unknown = cpus.minus(facts.present)
  if (unknown.size > 0) {
    throw new InputError({
      code: 'no-such-cpu',
      message: `CPU ${unknown} is not in this machine, which has ${facts.present}`,
      next: `Choose from the CPUs that are online: ${facts.online}.`,
    })
  }
  const offline = cpus.minus(facts.online)
  if (offline.size === 0) return cpus
  throw new InputError({
    code: 'cpu-offline',
    message: `CPU ${offline} is offline and cannot be measured`,
    next: `Bring it online ('echo 1 > /sys/devices/system/cpu/cpu${offline.first}/online') or choose from ${facts.online}.`,
  })
}
