import { describe, expect, it } from 'vitest'
import { NO_EVIDENCE } from '../../../src/core/domain/evidence.ts'
import { fixXml } from '../../../src/core/domain/fix/fix-xml.ts'
import { evidence } from '../../support/domain-evidence.ts'
import { audited, FIT, fitBut, found, PLAIN } from '../../support/domains.ts'

describe('--fix-xml', () => {
  it('changes nothing in a domain that is fit', () => {
    expect(fixXml(FIT, 'f')).toEqual({ xml: FIT, changes: [], left: [] })
  })

  it('mends an ordinary guest and keeps comments, order and what it does not know', async () => {
    const { xml, changes, left } = fixXml(PLAIN, 'f')
    await expect(xml).toMatchFileSnapshot('../../golden/domain/plain-fixed.xml')
    expect(changes.map(({ rule, message }) => `${rule} ${message}`)).toMatchInlineSnapshot(`
      [
        "F5 memory of huge pages of 1048576 KiB",
        "F5 memory is never merged (nosharepages)",
        "F5 memory is locked",
        "F7 domain type kvm",
        "W1 virtual PMU off",
        "W2 CPU mode host-passthrough",
        "W4 removed 1 <graphics>",
        "W4 removed 1 <video>",
        "W4 removed 1 <sound>",
        "W4 removed 1 <controller>",
        "W4 removed 1 <input>",
        "W4 removed 1 <redirdev>",
        "W4 removed 1 <rng>",
        "W4 no USB controller (model none)",
        "W8 all 2097152 KiB of memory given at boot",
        "W3 no memory balloon",
        "T1 disk vda: cache none",
      ]
    `)
    expect(left.map(({ rule, message }) => `${rule} ${message}`)).toMatchInlineSnapshot(`
      [
        "F1 real-time vCPU 0 is not pinned: it may run on any CPU",
        "F1 real-time vCPU 1 is not pinned: it may run on any CPU",
        "F3 no vCPU has a real-time scheduler: there is no <vcpusched>",
        "F4 there is no <emulatorpin>: emulator threads may run on the real-time CPUs",
        "F5 there is no <numatune>: memory may come from any node",
        "W5 all 2 vCPUs are real-time, and the emulator has no CPUs of its own",
        "W8 2 of 4 vCPUs are plugged in",
        "W9 no iothread serves vda (virtio)",
      ]
    `)
  })

  it.each([
    ['the wrong scheduler', "'fifo'", "'rr'"],
    ['no scheduler', /<vcpusched [^>]*>/, ''],
    ['the emulator on a real-time CPU', "<emulatorpin cpuset='0-1'", "<emulatorpin cpuset='1,5'"],
    ['an iothread without pin', /<iothreadpin [^>]*>/, ''],
    ['a disk without iothread', " iothread='1'/>\n      <source", '/>\n      <source'],
    ['no iothread at all', /<iothreads>[\s\S]*?<\/iothreads>|<iothreadpin [^>]*>| iothread='1'(?=\/>)/g, ''],
    ['no memory backing', /<memoryBacking>[\s\S]*<\/memoryBacking>/, ''],
    ['preferred memory', "mode='strict'", "mode='preferred'"],
    ['a balloon', "'none'/>\n  </devices>", "'virtio'/>\n  </devices>"],
    ['a PMU', "<pmu state='off'/>", ''],
    ['a host model', "mode='host-passthrough'", "mode='host-model'"],
    ['a cached disk', " cache='none'", ''],
  ])('mends %s, and the audit then finds nothing', (_, from, to) => {
    const broken = fitBut(from, to)
    expect(found(broken)).not.toEqual([])
    expect(found(fixXml(broken, 'f').xml)).toEqual([])
  })

  it.each([
    ["librbd's cache", 'network', "protocol='rbd' name='p/v'", " cache='writeback' iothread='1'"],
    ['a disk that another process serves', 'vhostuser', "type='unix' path='/run/vhost.sock'", ''],
  ])('leaves %s as it is', (_, type, source, driver) => {
    const disk = `<disk type='${type}' device='disk'><driver name='qemu' type='raw'${driver}/><source ${source}/>`
    const xml = fitBut(/<disk [\s\S]*<source [^>]*>/, disk)
    expect(fixXml(xml, 'f')).toEqual({ xml, changes: [], left: [] })
  })

  it('leaves a housekeeping vCPU batch, and makes fifo only those that are meant', () => {
    const batch = "<vcpusched vcpus='0' scheduler='batch'/>"
    const fifo = /<vcpusched [^>]*>/
    expect(fixXml(fitBut('<vcpusched', `${batch}<vcpusched`), 'f').changes).toEqual([])
    const { xml, changes } = fixXml(fitBut(fifo, batch), 'f')
    expect(changes.map(({ message }) => message)).toEqual([
      'added vcpusched fifo 1 for vCPUs 1-3, which have CPUs of their own',
    ])
    expect([xml.includes(batch), found(xml)]).toEqual([true, []])
  })

  it('takes the emulator and the memory where the host has a place for them', () => {
    const broken = fitBut("<emulatorpin cpuset='0-1'/>", '').replace(/<numatune>[\s\S]*<\/numatune>/, '')
    const { xml, changes } = fixXml(broken, 'f', { ...NO_EVIDENCE, host: evidence().host })
    expect(changes.map(({ message }) => message)).toEqual([
      'emulator threads pinned to CPUs 0-3',
      'memory strictly on host node 1',
    ])
    expect(audited(xml, evidence()).result).toBe('pass')
  })

  it('claims nothing that the audit of its answer still finds', () => {
    for (const text of [PLAIN, fitBut("cpuset='7'", "cpuset='6'")]) {
      const { xml, left } = fixXml(text, 'f')
      expect(audited(xml).findings).toEqual(left)
    }
  })
})
