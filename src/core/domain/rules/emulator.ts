import { CpuSet } from '../../cpu/cpu-set.ts'
import { notSeen } from '../evidence.ts'
import { pinOf } from '../realtime-vcpus.ts'
import { type Answer, type Fault, faults, type Rule, type Subject } from '../rule.ts'
import { helperThreads } from './helper-threads.ts'

/** F4: QEMU's own threads away from the real-time CPUs. */
export const emulatorPins: Rule = {
  id: 'F4',
  severity: 'fail',
  title: "emulatorpin and iothreadpin are there, and with QEMU's live threads apart from the real-time CPUs",
  why: "QEMU's main loop and its iothreads run at normal priority: on a FIFO vCPU's CPU they starve, and the guest waits for them.",
  fix: "<emulatorpin cpuset='…'/> and <iothreadpin iothread=… cpuset=…/> on housekeeping CPUs; in nova hw:emulator_threads_policy=share (with [compute] cpu_shared_set) or isolate.",
  ask({ domain, realtime, evidence }: Subject): Answer {
    const found: Fault[] = []
    const emulator = domain.emulatorPin
    if (!emulator)
      found.push({ message: 'there is no <emulatorpin>: emulator threads may run on the real-time CPUs' })
    const shared = emulator?.intersect(realtime.pcpus)
    if (shared && shared.size > 0)
      found.push({ message: `emulator threads (CPUs ${emulator}) may run on the real-time CPUs ${shared}` })
    for (const id of domain.iothreads.cpus) {
      const pin = domain.iothreadPins.get(id)
      if (!pin)
        found.push({ message: `iothread ${id} has no <iothreadpin>: it may run on the real-time CPUs` })
      const both = pin?.intersect(realtime.pcpus)
      if (both && both.size > 0)
        found.push({ message: `iothread ${id} (CPUs ${pin}) may run on the real-time CPUs ${both}` })
    }
    const live = evidence.live
      ? helperThreads(domain, realtime, evidence.live, evidence.host?.cpu.isolated)
      : { faults: [], open: notSeen(evidence) }
    return { faults: [...found, ...live.faults], open: live.open }
  },
}

/** W5: nothing is left to do the guest's or the emulator's ordinary work. */
export const housekeepingLeft: Rule = {
  id: 'W5',
  severity: 'warn',
  title: 'a vCPU is not real-time, or the emulator has a policy of its own',
  why: 'The guest needs a CPU for its own interrupts and daemons, and the emulator one that no FIFO vCPU holds.',
  fix: "hw:cpu_realtime_mask='^0-1', or hw:emulator_threads_policy=share or isolate; in the XML leave vCPU 0 out of <vcpusched> and give <emulatorpin> other CPUs.",
  ask({ domain, realtime }: Subject): Answer {
    const emulator = domain.emulatorPin
    const apart = emulator !== null && emulator.intersect(realtime.pcpus).size === 0
    return faults(
      realtime.others.size === 0 &&
        !apart &&
        `all ${domain.vcpus.size} vCPUs are real-time, and the emulator has no CPUs of its own`,
    )
  },
}

/** W6: nova's default puts the emulator on the housekeeping vCPU's CPU. */
export const lockHolder: Rule = {
  id: 'W6',
  severity: 'warn',
  title: 'no housekeeping vCPU shares its CPU with the emulator',
  why: 'The emulator may preempt a housekeeping vCPU that holds a lock of the guest kernel; real-time vCPUs that spin on it hang.',
  fix: 'hw:emulator_threads_policy=share (with [compute] cpu_shared_set) or isolate; in the XML <emulatorpin> on CPUs of no vCPU.',
  ask({ domain, realtime }: Subject): Answer {
    const emulator = domain.emulatorPin
    if (!emulator) return { faults: [] }
    const sharing = realtime.others.cpus.filter(
      (vcpu) => (pinOf(domain, vcpu)?.intersect(emulator).size ?? 0) > 0,
    )
    const on = CpuSet.of(sharing.flatMap((vcpu) => pinOf(domain, vcpu)!.cpus)).intersect(emulator)
    return faults(
      sharing.length > 0 &&
        `housekeeping vCPUs ${CpuSet.of(sharing)} share CPUs ${on} with the emulator threads`,
    )
  },
}

/** W7: isolated CPUs are for vCPUs. */
export const emulatorOnIsolated: Rule = {
  id: 'W7',
  severity: 'warn',
  title: 'the emulator runs on no isolated CPU',
  why: 'The scheduler does not balance isolated CPUs: emulator threads pile up on the first one, and disturb its core.',
  fix: "<emulatorpin> on the host's housekeeping CPUs; in nova hw:emulator_threads_policy=share with [compute] cpu_shared_set = housekeeping.",
  ask({ domain, evidence }: Subject): Answer {
    if (!domain.emulatorPin) return { faults: [] }
    const isolated = evidence.host?.cpu.isolated
    if (!isolated) return { faults: [], open: "the host's isolated CPUs are not known" }
    const on = domain.emulatorPin.intersect(isolated)
    return faults(on.size > 0 && `emulator threads may run on the isolated CPUs ${on}`)
  },
}
