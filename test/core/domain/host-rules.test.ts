import { describe, expect, it } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { Evidence } from '../../../src/core/domain/evidence.ts'
import { parseDomain } from '../../../src/core/domain/parse-domain.ts'
import { parseXml } from '../../../src/core/domain/parse-xml.ts'
import { evidence, hostCpu } from '../../support/domain-evidence.ts'
import { audited, FIT, found } from '../../support/domains.ts'

const other = (cpuset: string | null) =>
  parseDomain(
    parseXml(
      `<domain type='kvm'><name>other</name><vcpu${cpuset === null ? '' : ` cpuset='${cpuset}'`}>2</vcpu></domain>`,
      'o',
    ),
    'o',
  )
const beside = (cpuset: string | null): Partial<Evidence> => ({
  neighbours: { domains: [other(cpuset)], complete: true },
})
const live = evidence().live!
const threads = (vcpu: number, change: object): Partial<Evidence> => ({
  live: { ...live, threads: live.threads.map((one) => (one.vcpu === vcpu ? { ...one, ...change } : one)) },
})
const host = (change: object, more: object = {}): Partial<Evidence> => ({
  host: { ...evidence().host!, cpu: { ...hostCpu(), ...change }, ...more },
})

describe('with the host at hand each rule finds', () => {
  it.each<[string, Partial<Evidence>, string[]]>([
    ['another domain on the CPU', beside('0,6'), ['F2 domain other runs on the real-time CPUs 6, too']],
    [
      'another domain on the sibling',
      { ...beside('3'), host: { ...evidence().host!, cpu: hostCpu({ 7: '3,7', 3: '3,7' }) } },
      ['F2 domain other runs on 3, hardware siblings of real-time CPUs'],
    ],
    ['nothing wrong with a floating domain, which the scheduler keeps off isolated CPUs', beside(null), []],
    [
      'a CPU that is not isolated, and one that ticks',
      host({ isolated: CpuSet.range(5, 6), nohzFull: CpuSet.range(4, 6) }),
      [
        'F1 real-time vCPUs run on CPUs 7, which are not isolated: the host isolates 5-6',
        "F6 CPUs 7 are not in the running kernel's isolcpus (5-6)",
        "F6 CPUs 7 are not in the running kernel's nohz_full (4-6)",
      ],
    ],
    ['a CPU that is off', host({ online: CpuSet.range(0, 6) }), ['F6 CPUs 7 are not online']],
    [
      'a thread that is not FIFO',
      threads(2, { policy: 'other', priority: 0 }),
      ['F3 the thread of vCPU 2 (102) is SCHED_OTHER, not SCHED_FIFO'],
    ],
    [
      'another priority',
      threads(2, { priority: 5 }),
      ['F3 the thread of vCPU 2 (102) is SCHED_FIFO 5; the XML wants priority 1'],
    ],
    [
      'a housekeeping thread that is FIFO',
      threads(0, { policy: 'fifo', priority: 1 }),
      ['F3 the thread of vCPU 0 (100) is SCHED_FIFO 1, though it is no real-time vCPU'],
    ],
    [
      'a thread that was moved',
      threads(3, { affinity: CpuSet.range(0, 7) }),
      ['F3 the thread of vCPU 3 (103) may run on CPUs 0-7; its pin is 7'],
    ],
    [
      'memory on the wrong node',
      host({ places: hostCpu().places.map((one) => ({ ...one, node: 0 })) }),
      ['F5 guest memory is on node 1; its real-time vCPUs run on node 0'],
    ],
    ['a migration', { jobs: ['Outgoing migration'] }, ['F8 under way: Outgoing migration']],
    [
      'the emulator on isolated CPUs',
      host({ isolated: CpuSet.of([1, 4, 5, 6, 7]) }),
      ['W7 emulator threads may run on the isolated CPUs 1'],
    ],
    ['KSM', host({}, { ksmRun: 1 }), ['W10 KSM runs on the host (/sys/kernel/mm/ksm/run is 1)']],
    ['huge page recovery', host({}, { nxHugePages: 'Y' }), ["W11 kvm.nx_huge_pages is 'Y'"]],
    [
      'a cgroup without real time',
      { live: { ...live, rtRuntimeUs: 0 } },
      ["W12 cpu.rt_runtime_us of the domain's cgroup is 0"],
    ],
    ['swap', { live: { ...live, swappedKib: 12 } }, ["T2 12 KiB of the domain's process are in swap"]],
  ])('%s', (_, change, expected) => {
    expect(found(FIT, evidence(change))).toEqual(expected)
  })

  it('says what stays open when a thread is missing, and never passes then', () => {
    const { undecided, result } = audited(
      FIT,
      evidence({ live: { ...live, threads: live.threads.slice(0, 3) } }),
    )
    expect([undecided, result]).toEqual([
      [
        {
          rule: 'F3',
          severity: 'fail',
          reason: 'no thread of vCPUs 3 was found (an emulated guest may run all in one)',
        },
      ],
      'undecided',
    ])
  })
})
