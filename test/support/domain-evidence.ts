import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import type { Evidence } from '../../src/core/domain/evidence.ts'
import type { CpuFacts } from '../../src/core/facts.ts'

/** Eight cores without SMT, CPUs 0-3 on node 0, the isolated 4-7 on node 1. */
export function hostCpu(siblings: Readonly<Record<number, string>> = {}): CpuFacts {
  const all = CpuSet.range(0, 7)
  return {
    possible: all,
    present: all,
    online: all,
    isolated: CpuSet.range(4, 7),
    nohzFull: CpuSet.range(4, 7),
    places: all.cpus.map((cpu) => ({
      cpu,
      package: 0,
      core: cpu,
      node: cpu < 4 ? 0 : 1,
      siblings: CpuSet.parse(siblings[cpu] ?? `${cpu}`),
    })),
    vendor: 'GenuineIntel',
    model: 'made',
    flags: new Set(['tsc_deadline_timer']),
  }
}

/** All that can be known of the fit guest on a host that is fit. */
export function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    host: { cpu: hostCpu(), ksmRun: 0, nxHugePages: 'never' },
    running: true,
    live: {
      threads: [0, 1, 2, 3].map((vcpu) => ({
        vcpu,
        tid: 100 + vcpu,
        policy: vcpu === 0 ? 'other' : 'fifo',
        priority: vcpu === 0 ? 0 : 1,
        affinity: CpuSet.of([4 + vcpu]),
      })),
      helpers: [
        { tid: 90, iothread: null, affinity: CpuSet.range(0, 1) },
        { tid: 91, iothread: 1, affinity: CpuSet.range(0, 1) },
      ],
      swappedKib: 0,
      rtRuntimeUs: null,
    },
    neighbours: { domains: [], complete: true },
    jobs: [],
    ...change,
  }
}
