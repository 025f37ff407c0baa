import { type Answer, faults, type Rule, type Subject } from '../rule.ts'

/** F6: the running kernel leaves the CPUs alone. */
export const hostCpus: Rule = {
  id: 'F6',
  severity: 'fail',
  title: 'the real-time CPUs are online, and in the running isolcpus and nohz_full',
  why: 'What the boot line of the next start says helps nobody now: a CPU that the running kernel balances and ticks is disturbed.',
  fix: 'quietcore apply realtime-virtual-host with isolated_cores = these CPUs, then reboot; keep nova [libvirt] cpu_power_management off.',
  ask({ realtime, evidence }: Subject): Answer {
    const cpu = evidence.host?.cpu
    if (!cpu) return { faults: [], open: 'the CPUs of the host are not known' }
    if (realtime.pcpus.size === 0) return { faults: [], open: 'no real-time vCPU is pinned to a CPU' }
    const offline = realtime.pcpus.minus(cpu.online)
    const balanced = realtime.pcpus.minus(cpu.isolated)
    const ticking = cpu.nohzFull ? realtime.pcpus.minus(cpu.nohzFull) : realtime.pcpus
    const noSuchKernel = cpu.nohzFull ? '' : ': this kernel has no nohz_full'
    return faults(
      offline.size > 0 && `CPUs ${offline} are not online`,
      balanced.size > 0 &&
        `CPUs ${balanced} are not in the running kernel's isolcpus (${cpu.isolated.toString() || 'none'})`,
      ticking.size > 0 &&
        `CPUs ${ticking} are not in the running kernel's nohz_full${noSuchKernel || ` (${cpu.nohzFull?.toString() || 'none'})`}`,
    )
  },
}
