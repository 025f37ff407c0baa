import { describe, expect, it } from 'vitest'
import { evidence } from '../../support/domain-evidence.ts'
import { fitBut, found } from '../../support/domains.ts'

const USB = "<controller type='usb' index='0' model='none'/>"
const CELLS =
  "<numa><cell id='0' cpus='0-1' memory='2097152'/><cell id='1' cpus='2-3' memory='2097152'/></numa>"
const CACHED_DISK = /<disk type='file' device='disk'>[\s\S]*<source [^>]*>/

describe('each rule on memory, guest and devices finds', () => {
  it.each<[string, string | RegExp, string, string[]]>([
    ['memory that is not locked', '<locked/>', '', ['F5 guest memory is not locked']],
    [
      'memory that is shared',
      '<nosharepages/>',
      '',
      ['F5 the host may merge pages of the guest (no <nosharepages/>)'],
    ],
    ['small pages', /<hugepages>[\s\S]*<\/hugepages>/, '', ['F5 guest memory is not of huge pages']],
    [
      'pages of 4 KiB',
      "size='1' unit='GiB'",
      "size='4' unit='KiB'",
      ['F5 <hugepages> asks for pages of 4 KiB, which are no huge pages'],
    ],
    [
      'preferred memory',
      "mode='strict'",
      "mode='preferred'",
      ["F5 guest memory has the NUMA mode 'preferred', not strict"],
    ],
    [
      'no place of memory',
      /<numatune>[\s\S]*<\/numatune>/,
      '',
      ['F5 there is no <numatune>: memory may come from any node'],
    ],
    [
      'a guest cell whose memory has no place',
      /<numatune>[\s\S]*<\/numatune>([\s\S]*)<cpu mode='host-passthrough'>/,
      `<numatune><memnode cellid='0' mode='strict' nodeset='1'/></numatune>$1<cpu mode='host-passthrough'>${CELLS}`,
      [
        'F5 memory of guest cells 1 may come from any node: <numatune> has no <memory>, and no <memnode> for it',
      ],
    ],
    [
      'nothing wrong with a place for each guest cell',
      /<numatune>[\s\S]*<\/numatune>([\s\S]*)<cpu mode='host-passthrough'>/,
      `<numatune><memnode cellid='0' mode='strict' nodeset='1'/><memnode cellid='1' mode='strict' nodeset='1'/></numatune>$1<cpu mode='host-passthrough'>${CELLS}`,
      [],
    ],
    [
      'guest cells that share memory of several nodes',
      /<numatune>[\s\S]*<\/numatune>([\s\S]*)<cpu mode='host-passthrough'>/,
      `<numatune><memory mode='strict' nodeset='0-1'/><memnode cellid='0' mode='strict' nodeset='0'/></numatune>$1<cpu mode='host-passthrough'>${CELLS}`,
      ['F5 memory of guest cells 1 may come from any of the nodes 0-1: <numatune> has no <memnode> for it'],
    ],
    ['emulation', "type='kvm'", "type='qemu'", ["F7 the domain type is 'qemu', not kvm"]],
    [
      'a running copy',
      "<target dev='vda'",
      "<mirror type='file' job='copy'/><target dev='vda'",
      ['F8 under way: block copy on vda'],
    ],
    ['a PMU', "<pmu state='off'/>", "<pmu state='on'/>", ["W1 the PMU is 'on'"]],
    ['no deadline timer', "'require'", "'disable'", ["W2 the CPU feature tsc-deadline is 'disable'"]],
    [
      'a balloon',
      "<memballoon model='none'/>",
      '',
      ['W3 no <memballoon> is written: libvirt adds a virtio balloon'],
    ],
    [
      'no USB controller written, where libvirt adds one',
      USB,
      '',
      ['W4 USB controller: none is written, libvirt adds one'],
    ],
    [
      'a USB controller that a disk needs',
      USB,
      "<controller type='usb' model='qemu-xhci'/><disk device='cdrom'><target dev='sda' bus='usb'/></disk>",
      ['W4 USB controller: qemu-xhci, used by disk sda'],
    ],
    [
      'all vCPUs real-time with the emulator among them',
      /<emulatorpin cpuset='0-1'\/>([\s\S]*)vcpus='1-3'/,
      "<emulatorpin cpuset='4'/>$1vcpus='0-3'",
      [
        'F4 emulator threads (CPUs 4) may run on the real-time CPUs 4',
        'W5 all 4 vCPUs are real-time, and the emulator has no CPUs of its own',
      ],
    ],
    [
      'the emulator beside a housekeeping vCPU',
      "<emulatorpin cpuset='0-1'",
      "<emulatorpin cpuset='4'",
      ['W6 housekeeping vCPUs 0 share CPUs 4 with the emulator threads'],
    ],
    ['room for vCPUs', '>4</vcpu>', ' current="4">6</vcpu>', ['W8 4 of 6 vCPUs are plugged in']],
    [
      'room for memory',
      '<vcpu ',
      "<maxMemory slots='4' unit='GiB'>8</maxMemory><vcpu ",
      ['W8 memory may grow from 4194304 to 8388608 KiB'],
    ],
    [
      'a disk without a thread',
      " iothread='1'/>\n      <source",
      '/>\n      <source',
      ['W9 no iothread serves vda (virtio)'],
    ],
    [
      'a cached disk',
      "cache='none'",
      "cache='writeback'",
      ["T1 through the host's page cache: vda (cache writeback)"],
    ],
    [
      "nothing wrong with librbd's own cache",
      CACHED_DISK,
      "<disk type='network' device='disk'><driver name='qemu' cache='writeback' iothread='1'/><source protocol='rbd' name='p/v'/>",
      [],
    ],
    [
      'nothing wrong with a disk that another process serves',
      CACHED_DISK,
      "<disk type='vhostuser' device='disk'><driver name='qemu'/><source type='unix' path='/run/vhost.sock'/>",
      [],
    ],
    [
      'plugged memory',
      '<memballoon',
      "<memory model='dimm'><target><size unit='GiB'>1</size></target></memory><memballoon",
      ['T3 1 memory device(s) are plugged in'],
    ],
  ])('%s', (_, from, to, expected) => {
    expect(found(fitBut(from, to))).toEqual(expected)
  })
})

describe('F5 on a host whose node 0 has the housekeeping vCPU 0, and node 1 the real-time vCPUs 1-3', () => {
  const WHOLE = (nodes: string) => `<memory mode='strict' nodeset='${nodes}'/>`
  const CELL = (cell: number, nodes: string) => `<memnode cellid='${cell}' mode='strict' nodeset='${nodes}'/>`
  const ONE_CELL = "<numa><cell id='0' cpus='0-3' memory='4194304'/></numa>"
  const SPLIT_CELLS =
    "<numa><cell id='0' cpus='0' memory='2097152'/><cell id='1' cpus='1-3' memory='2097152'/></numa>"

  it.each([
    ['on its node', WHOLE('1'), '', []],
    [
      'on both nodes',
      WHOLE('0-1'),
      '',
      ['F5 guest memory is on node 0-1; its real-time vCPUs run on node 1'],
    ],
    [
      'of one guest cell on both nodes',
      WHOLE('1') + CELL(0, '0-1'),
      ONE_CELL,
      ['F5 memory of guest cell 0 is on node 0-1; its real-time vCPUs run on node 1'],
    ],
    ['of each guest cell on its node', WHOLE('0-1') + CELL(0, '0') + CELL(1, '1'), SPLIT_CELLS, []],
    [
      'of guest cells that nothing tells apart',
      WHOLE('0-1'),
      SPLIT_CELLS,
      ['F5 memory of guest cells 0-1 may come from any of the nodes 0-1: <numatune> has no <memnode> for it'],
    ],
    ['of all guest cells on the one node', WHOLE('1'), SPLIT_CELLS, []],
    [
      'of all guest cells on the other node',
      WHOLE('0'),
      SPLIT_CELLS,
      ['F5 guest memory is on node 0; its real-time vCPUs run on node 1'],
    ],
  ])('judges memory %s', (_, places, cells, expected) => {
    const guest = fitBut(/<numatune>[\s\S]*<\/numatune>/, `<numatune>${places}</numatune>`)
      .replace("vcpu='0' cpuset='4'", "vcpu='0' cpuset='2'")
      .replace("<cpu mode='host-passthrough'>", `<cpu mode='host-passthrough'>${cells}`)
    expect(found(guest, evidence()).filter((one) => one.startsWith('F5'))).toEqual(expected)
  })
})
