import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evidence } from '../../support/domain-evidence.ts'
import {
  audited,
  FIT,
  fitBut,
  found,
  NOVA_DOMAINS,
  NOVA_DOMAINS_MISSING,
  PLAIN,
} from '../../support/domains.ts'

const GOLDEN = '../../golden/domain'

describe('the audit of a definition', () => {
  it('finds nothing in a domain that is fit, and does not call it fit before it has seen the host', () => {
    const { findings, undecided, result } = audited(FIT)
    expect([findings, undecided.map(({ rule }) => rule), result]).toEqual([
      [],
      ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F8', 'W7', 'W10', 'W11', 'W12', 'T2'],
      'undecided',
    ])
  })

  it('passes it on a host that is fit, with all evidence', () => {
    expect(audited(FIT, evidence())).toEqual({
      domain: 'fit',
      realtimeVcpus: '1-3',
      findings: [],
      undecided: [],
      result: 'pass',
    })
  })

  it('finds all that an ordinary desktop guest has', async () => {
    await expect(JSON.stringify(audited(PLAIN), null, 2)).toMatchFileSnapshot(`${GOLDEN}/plain.json`)
  })

  it.skipIf(NOVA_DOMAINS_MISSING !== '')(
    `of nova's own domains answers as expected${NOVA_DOMAINS_MISSING}`,
    async () => {
      for (const file of readdirSync(NOVA_DOMAINS)) {
        const audit = audited(readFileSync(`${NOVA_DOMAINS}/${file}`, 'utf8'))
        await expect(JSON.stringify(audit, null, 2)).toMatchFileSnapshot(
          `${GOLDEN}/nova-${file.replace('.xml', '.json')}`,
        )
      }
    },
  )
})

const FIFO = "<vcpusched vcpus='1-3' scheduler='fifo' priority='1'/>"

describe('each rule on vCPUs and threads finds', () => {
  it.each<[string, string | RegExp, string, string[]]>([
    [
      'a vCPU that floats',
      "cpuset='6'",
      "cpuset='6-7'",
      [
        'F1 real-time vCPU 2 floats over 2 CPUs (6-7)',
        'F1 real-time vCPU 3 shares CPU 7 with vCPU 2',
        'F3 vcpusched covers vCPUs 2, which have no CPU of their own',
      ],
    ],
    ['two vCPUs on one CPU', "cpuset='7'", "cpuset='6'", ['F1 real-time vCPU 2 shares CPU 6 with vCPU 3']],
    [
      'a vCPU without a pin',
      "<vcpupin vcpu='2' cpuset='6'/>",
      '',
      [
        'F1 real-time vCPU 2 is not pinned: it may run on any CPU',
        'F3 vcpusched covers vCPUs 2, which have no CPU of their own',
      ],
    ],
    [
      'two pins of one vCPU',
      "<vcpupin vcpu='3'",
      "<vcpupin vcpu='2' cpuset='6'/><vcpupin vcpu='3'",
      ['F1 vCPU 2 has more than one <vcpupin>; libvirt refuses that'],
    ],
    ['no real-time scheduler', FIFO, '', ['F3 no vCPU has a real-time scheduler: there is no <vcpusched>']],
    ['round robin', "'fifo'", "'rr'", ["F3 vCPUs 1-3 have the scheduler 'rr', not fifo"]],
    [
      'nothing wrong with a housekeeping vCPU that is batch or idle, which needs no priority',
      FIFO,
      `<vcpusched vcpus='0' scheduler='batch'/>${FIFO}`,
      [],
    ],
    [
      'only ordinary schedulers',
      FIFO,
      "<vcpusched vcpus='0-3' scheduler='idle'/>",
      ['F3 no vCPU has a real-time scheduler: each <vcpusched> is batch or idle'],
    ],
    [
      'a real-time scheduler on vCPUs that are not plugged in',
      /<vcpu placement='static'([\s\S]*)vcpus='1-3'/,
      "<vcpu placement='static' current='2'$1vcpus='2-3'",
      [
        'F3 no vCPU that is plugged in (0-1) has a real-time scheduler: <vcpusched> names 2-3',
        'W8 2 of 4 vCPUs are plugged in',
      ],
    ],
    ['no priority', " priority='1'", '', ['F3 vCPUs 1-3 have the priority none; fifo has 1 to 99']],
    [
      'vCPUs that are not there',
      "vcpus='1-3'",
      "vcpus='1-5'",
      ['F3 vcpusched names vCPUs 4-5; the domain has 0-3'],
    ],
    [
      'a vCPU scheduled twice',
      FIFO,
      `${FIFO}<vcpusched vcpus='2' scheduler='fifo' priority='2'/>`,
      ['F3 vCPUs 2 are in more than one <vcpusched>'],
    ],
    [
      'no place for the emulator',
      "<emulatorpin cpuset='0-1'/>",
      '',
      ['F4 there is no <emulatorpin>: emulator threads may run on the real-time CPUs'],
    ],
    [
      'the emulator on a real-time CPU',
      "<emulatorpin cpuset='0-1'/>",
      "<emulatorpin cpuset='0,5'/>",
      ['F4 emulator threads (CPUs 0,5) may run on the real-time CPUs 5'],
    ],
    [
      'an iothread on a real-time CPU',
      "iothread='1' cpuset='0-1'",
      "iothread='1' cpuset='1,7'",
      ['F4 iothread 1 (CPUs 1,7) may run on the real-time CPUs 7'],
    ],
    [
      'an iothread without a pin',
      '<iothreads>1<',
      '<iothreads>2<',
      ['F4 iothread 2 has no <iothreadpin>: it may run on the real-time CPUs'],
    ],
  ])('%s', (_, from, to, expected) => {
    expect(found(fitBut(from, to))).toEqual(expected)
  })

  it("a vcpusched that does not fit the CPUs that nova's emulatorpin leaves", () => {
    const nova = fitBut("<emulatorpin cpuset='0-1'", "<emulatorpin cpuset='4'").replace(
      '<memory unit',
      "<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'/></metadata><memory unit",
    )
    expect(found(nova.replace("vcpus='1-3'", "vcpus='1-2'"))).toEqual([
      "F3 vcpusched covers vCPUs 1-2, but by nova's emulatorpin 4 the real-time vCPUs are 1-3",
      'W6 housekeeping vCPUs 0 share CPUs 4 with the emulator threads',
    ])
  })
})
