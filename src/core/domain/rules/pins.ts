import { pinOf } from '../realtime-vcpus.ts'
import type { Answer, Fault, Rule, Subject } from '../rule.ts'

/** F1: every real-time vCPU alone on one isolated CPU. */
export const pins: Rule = {
  id: 'F1',
  severity: 'fail',
  title: 'every real-time vCPU is pinned 1:1 to a CPU of the isolated set',
  why: 'A vCPU that moves, or shares its CPU, waits for the scheduler instead of running.',
  fix: '<vcpupin vcpu=… cpuset=…/> with one isolated CPU for each; in nova hw:cpu_policy=dedicated (or mixed) and [compute] cpu_dedicated_set = the isolated CPUs.',
  ask({ domain, realtime, evidence }: Subject): Answer {
    const found: Fault[] = []
    for (const vcpu of domain.pinnedTwice.cpus) {
      found.push({
        message: `vCPU ${vcpu} has more than one <vcpupin>; libvirt refuses that`,
        fix: `Keep one <vcpupin vcpu='${vcpu}' …/>.`,
      })
    }
    for (const vcpu of realtime.vcpus.cpus) {
      const pin = pinOf(domain, vcpu)
      if (pin === null) found.push({ message: `real-time vCPU ${vcpu} is not pinned: it may run on any CPU` })
      else if (pin.size !== 1)
        found.push({ message: `real-time vCPU ${vcpu} floats over ${pin.size} CPUs (${pin})` })
      else {
        const with_ = domain.vcpus.cpus.filter(
          (other) =>
            other !== vcpu &&
            pinOf(domain, other)?.has(pin.first!) &&
            // the pair is told once, by its lower real-time vCPU
            !(realtime.vcpus.has(other) && other < vcpu && pinOf(domain, other)?.size === 1),
        )
        if (with_.length > 0)
          found.push({
            message: `real-time vCPU ${vcpu} shares CPU ${pin} with ${with_.length === 1 ? 'vCPU' : 'vCPUs'} ${with_.join(', ')}`,
          })
      }
    }
    const isolated = evidence.host?.cpu.isolated
    const outside = isolated && realtime.pcpus.minus(isolated)
    if (outside && outside.size > 0) {
      const has = isolated.size === 0 ? 'isolates no CPU' : `isolates ${isolated}`
      found.push({
        message: `real-time vCPUs run on CPUs ${outside}, which are not isolated: the host ${has}`,
      })
    }
    return { faults: found, open: isolated ? undefined : "the host's isolated CPUs are not known" }
  },
}
