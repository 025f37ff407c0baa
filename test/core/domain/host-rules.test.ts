import { describe, expect, it } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { Evidence } from '../../../src/core/domain/evidence.ts'
import { parseDomain } from '../../../src/core/domain/parse-domain.ts'
import { parseXml } from '../../../src/core/domain/parse-xml.ts'
import { evidence, hostCpu } from '../../support/domain-evidence.ts'
import { audited, FIT, found } from '../../support/domains.ts'

const other = (cpuset: string | null, tune = '') => {
  const vcpu = `<vcpu${cpuset === null ? '' : ` cpuset='${cpuset}'`}>2</vcpu>`
  const xml = `<domain type='kvm'><name>other</name>${vcpu}<cputune>${tune}</cputune></domain>`
  return parseDomain(parseXml(xml, 'o'), 'o')
}
const beside = (cpuset: string | null, tune?: string): Partial<Evidence> => ({
  neighbours: { domains: [other(cpuset, tune)], complete: true },
})
const PINNED = "<vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='1' cpuset='1'/>"
const live = evidence().live!
const threads = (vcpu: number, change: object): Partial<Evidence> => ({
  live: { ...live, threads: live.threads.map((one) => (one.vcpu === vcpu ? { ...one, ...change } : one)) },
})
const helpers = (...cpus: [iothread: number | null, first: number, last: number][]): Partial<Evidence> => ({
  live: {
    ...live,
    helpers: cpus.map(([iothread, first, last], index) => ({
      tid: 90 + index,
      iothread,
      affinity: CpuSet.range(first, last),
    })),
  },
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
    [
      'nothing wrong with a cpuset that no thread of the other domain uses',
      beside('0-7', `${PINNED}<emulatorpin cpuset='0'/>`),
      [],
    ],
    [
      'an emulator that has no pin, and so the cpuset of the other domain',
      beside('0-5', PINNED),
      ['F2 domain other runs on the real-time CPUs 5, too'],
    ],
    [
      'a pin of a domain of which another thread floats',
      beside(null, "<vcpupin vcpu='0' cpuset='6'/>"),
      ['F2 domain other runs on the real-time CPUs 6, too'],
    ],
    [
      'a floating domain where the CPUs are not isolated',
      { ...beside(null), ...host({ isolated: CpuSet.range(5, 6) }) },
      [
        'F1 real-time vCPUs run on CPUs 7, which are not isolated: the host isolates 5-6',
        'F2 domain other has threads without a pin, which may run on the real-time CPUs 7',
        "F6 CPUs 7 are not in the running kernel's isolcpus (5-6)",
      ],
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
      'emulator threads that were moved to a real-time CPU',
      helpers([null, 0, 5], [1, 0, 1], [null, 0, 5]),
      ['F4 the emulator (threads 90, 92) may now run on the real-time CPUs 5'],
    ],
    [
      'an iothread that was moved to a real-time CPU',
      helpers([null, 0, 1], [1, 7, 7]),
      ['F4 iothread 1 (thread 91) may now run on the real-time CPUs 7'],
    ],
    [
      "a worker on another guest's isolated CPU",
      helpers([null, 0, 1], [1, 0, 1], [null, 4, 4]),
      ['F4 the emulator (thread 92) may now run on the isolated CPUs 4, which its pin does not name'],
    ],
    ['nothing wrong with threads moved among the housekeeping CPUs', helpers([null, 0, 3], [1, 2, 2]), []],
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

  it.each([
    ['the iothread', helpers([null, 0, 1]), 'no live thread of iothreads 1 was found'],
    ['the emulator', helpers([1, 0, 1]), 'no live thread of the emulator was found'],
    ['the guest', { live: undefined }, 'not confirmed on live threads: they are not known'],
    [
      'the guest, which does not run',
      { live: undefined, running: false },
      'not confirmed on live threads: the domain does not run',
    ],
  ])('leaves F4 open when no thread of %s was seen', (_, change, reason) => {
    const { undecided, result } = audited(FIT, evidence(change))
    expect([undecided.find(({ rule }) => rule === 'F4'), result]).toEqual([
      { rule: 'F4', severity: 'fail', reason },
      'undecided',
    ])
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
