import { CpuSet } from '../../cpu/cpu-set.ts'
import { withSiblings } from '../../cpu/topology.ts'
import type { Domain } from '../domain.ts'
import { pinOf } from '../realtime-vcpus.ts'
import type { Answer, Fault, Rule, Subject } from '../rule.ts'

/** F2: no other domain on the real-time CPUs or their hardware siblings. */
export const neighbours: Rule = {
  id: 'F2',
  severity: 'fail',
  title: 'no real-time CPU, nor an SMT sibling of one, is shared with another domain',
  why: 'Another guest on the same CPU or core takes its time, its caches and its execution units.',
  fix: 'Pin the other domain elsewhere; in nova keep cpu_dedicated_set and cpu_shared_set apart, and ask hw:cpu_thread_policy=isolate (or require for whole cores).',
  ask({ domain, realtime, evidence }: Subject): Answer {
    const known = evidence.neighbours
    if (!known) return { faults: [], open: 'the other domains of the host are not known' }
    const places = evidence.host?.cpu.places
    const cores = places ? withSiblings(realtime.pcpus, places) : realtime.pcpus
    const found: Fault[] = []
    for (const other of known.domains) {
      if (other.uuid !== null && other.uuid === domain.uuid && other.name === domain.name) continue
      const used = cpusOf(other)
      const open =
        used.floats && evidence.host ? realtime.pcpus.minus(evidence.host.cpu.isolated) : CpuSet.empty
      if (open.size > 0)
        found.push({
          message: `domain ${other.name} has threads without a pin, which may run on the real-time CPUs ${open}`,
        })
      const onCores = used.pinned.intersect(cores)
      if (onCores.size === 0) continue
      const same = onCores.intersect(realtime.pcpus)
      const sibling = onCores.minus(realtime.pcpus)
      if (same.size > 0)
        found.push({ message: `domain ${other.name} runs on the real-time CPUs ${same}, too` })
      if (sibling.size > 0)
        found.push({
          message: `domain ${other.name} runs on ${sibling}, hardware siblings of real-time CPUs`,
        })
    }
    const missing = [
      ...(known.complete ? [] : ['not all other domains are known']),
      ...(places ? [] : ['the SMT siblings of the CPUs are not known']),
    ]
    return { faults: found, open: missing.length > 0 ? missing.join('; ') : undefined }
  },
}

interface UsedCpus {
  /** every CPU that a thread of the domain is pinned to */
  pinned: CpuSet
  /** a thread has no pin: the scheduler keeps it off isolated CPUs only */
  floats: boolean
}

/** Each of n domains is a neighbour of all others: its CPUs are counted once, not n times. */
const CPUS = new WeakMap<Domain, UsedCpus>()

function cpusOf(domain: Domain): UsedCpus {
  const known = CPUS.get(domain) ?? countCpus(domain)
  CPUS.set(domain, known)
  return known
}

/** A thread runs where its own pin says; `<vcpu cpuset>` counts only for one that has none, as libvirt does. */
function countCpus(domain: Domain): UsedCpus {
  const pins = [
    domain.emulatorPin ?? domain.cpuset,
    ...domain.iothreads.cpus.map((id) => domain.iothreadPins.get(id) ?? domain.cpuset),
    ...domain.vcpus.cpus.map((vcpu) => pinOf(domain, vcpu)),
  ]
  return { pinned: CpuSet.of(pins.flatMap((pin) => pin?.cpus ?? [])), floats: pins.includes(null) }
}
