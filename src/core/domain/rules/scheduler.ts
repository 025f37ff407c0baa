import { CpuSet } from '../../cpu/cpu-set.ts'
import type { Domain } from '../domain.ts'
import { type LiveGuest, notSeen } from '../evidence.ts'
import { hasOwnCpu, isOrdinary, pinOf, type RealtimePlan } from '../realtime-vcpus.ts'
import type { Answer, Fault, Rule, Subject } from '../rule.ts'

/** F3: SCHED_FIFO for exactly the real-time vCPUs, in the XML and in the kernel. */
export const scheduler: Rule = {
  id: 'F3',
  severity: 'fail',
  title: 'vcpusched is fifo, covers exactly the real-time vCPUs, and the live threads have it',
  why: 'Without SCHED_FIFO any task of the host may run before the vCPU; a FIFO vCPU that is not alone on its CPU locks others out.',
  fix: "<cputune><vcpusched vcpus='…' scheduler='fifo' priority='1'/></cputune>; in nova hw:cpu_realtime=yes and hw:cpu_realtime_mask.",
  ask({ domain, realtime, evidence }: Subject): Answer {
    const live = evidence.live ? liveFaults(domain, realtime, evidence.live) : undefined
    return {
      faults: [...writtenFaults(domain, realtime), ...(live?.faults ?? [])],
      open: live ? live.open : notSeen(evidence),
    }
  },
}

function writtenFaults(domain: Domain, realtime: RealtimePlan): Fault[] {
  if (domain.vcpuScheds.length === 0)
    return [{ message: 'no vCPU has a real-time scheduler: there is no <vcpusched>' }]
  const found: Fault[] = []
  const seen = new Set<number>()
  for (const { threads, scheduler, priority } of domain.vcpuScheds) {
    if (scheduler !== 'fifo' && !isOrdinary(scheduler))
      found.push({ message: `vCPUs ${threads} have the scheduler '${scheduler}', not fifo` })
    if (scheduler === 'fifo' && (priority === null || priority < 1 || priority > 99))
      found.push({ message: `vCPUs ${threads} have the priority ${priority ?? 'none'}; fifo has 1 to 99` })
    const absent = threads.minus(CpuSet.range(0, domain.maxVcpus - 1))
    if (absent.size > 0)
      found.push({ message: `vcpusched names vCPUs ${absent}; the domain has 0-${domain.maxVcpus - 1}` })
    const twice = threads.cpus.filter((vcpu) => seen.has(vcpu))
    if (twice.length > 0)
      found.push({ message: `vCPUs ${CpuSet.of(twice)} are in more than one <vcpusched>` })
    for (const vcpu of threads.cpus) seen.add(vcpu)
  }
  if (realtime.from !== 'vcpusched') return [...found, unscheduled(domain)]
  const floating = realtime.vcpus.cpus.filter((vcpu) => pinOf(domain, vcpu)?.size !== 1)
  if (floating.length > 0)
    found.push({ message: `vcpusched covers vCPUs ${CpuSet.of(floating)}, which have no CPU of their own` })
  return [...found, ...novaFaults(domain, realtime)]
}

/** `<vcpusched>` is there, but makes no vCPU real-time that the guest has. */
function unscheduled({ vcpuScheds, vcpus }: Domain): Fault {
  const meant = CpuSet.of(
    vcpuScheds.flatMap(({ scheduler, threads }) => (isOrdinary(scheduler) ? [] : threads.cpus)),
  )
  return {
    message:
      meant.size === 0
        ? 'no vCPU has a real-time scheduler: each <vcpusched> is batch or idle'
        : `no vCPU that is plugged in (${vcpus}) has a real-time scheduler: <vcpusched> names ${meant}`,
  }
}

/**
 * Unless told otherwise nova's driver pins the emulator to exactly the CPUs of the vCPUs that are not real-time
 * (_get_guest_numa_config); so the pins tell what the mask was.
 */
function novaFaults(domain: Domain, realtime: RealtimePlan): Fault[] {
  const emulator = domain.emulatorPin
  if (!domain.nova || !emulator) return []
  const ordinary = domain.vcpus.cpus.filter((vcpu) => pinOf(domain, vcpu)?.isSubsetOf(emulator))
  const united = CpuSet.of(ordinary.flatMap((vcpu) => pinOf(domain, vcpu)?.cpus ?? []))
  const meant = domain.vcpus.minus(CpuSet.of(ordinary))
  if (ordinary.length === 0 || meant.size === 0 || !united.equals(emulator)) return []
  if (meant.equals(realtime.vcpus)) return []
  const forgotten = meant.minus(realtime.vcpus).cpus.filter((vcpu) => hasOwnCpu(domain, vcpu))
  const tooMany = realtime.vcpus.minus(meant)
  if (forgotten.length === 0 && tooMany.size === 0) return []
  return [
    {
      message: `vcpusched covers vCPUs ${realtime.vcpus}, but by nova's emulatorpin ${emulator} the real-time vCPUs are ${meant}`,
    },
  ]
}

function liveFaults(domain: Domain, realtime: RealtimePlan, live: LiveGuest): Answer {
  const byVcpu = new Map(live.threads.map((thread) => [thread.vcpu, thread]))
  const found: Fault[] = []
  const absent: number[] = []
  for (const vcpu of domain.vcpus.cpus) {
    const thread = byVcpu.get(vcpu)
    const wanted = realtime.vcpus.has(vcpu)
    if (!thread) {
      absent.push(vcpu)
      continue
    }
    const is = `the thread of vCPU ${vcpu} (${thread.tid}) is SCHED_${thread.policy.toUpperCase()}${thread.priority > 0 ? ` ${thread.priority}` : ''}`
    const priority = domain.vcpuScheds.find(({ threads }) => threads.has(vcpu))?.priority
    if (wanted && thread.policy !== 'fifo') found.push({ message: `${is}, not SCHED_FIFO` })
    else if (wanted && typeof priority === 'number' && priority !== thread.priority)
      found.push({ message: `${is}; the XML wants priority ${priority}` })
    if (!wanted && (thread.policy === 'fifo' || thread.policy === 'rr'))
      found.push({ message: `${is}, though it is no real-time vCPU` })
    const pin = domain.vcpuPins.get(vcpu)
    if (wanted && pin && thread.affinity && !thread.affinity.equals(pin))
      found.push({
        message: `the thread of vCPU ${vcpu} (${thread.tid}) may run on CPUs ${thread.affinity}; its pin is ${pin}`,
      })
  }
  const open =
    absent.length > 0
      ? `no thread of vCPUs ${CpuSet.of(absent)} was found (an emulated guest may run all in one)`
      : undefined
  return { faults: found, open }
}
