import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import type { Facts } from '../../src/core/facts.ts'
import { collectFacts } from '../../src/host/facts.ts'
import { openRoot } from '../../src/host/root.ts'
import { makeMachine } from '../support/made-machine.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-facts-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function machineOf(files: Record<string, string>): Facts {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  return collectFacts(openRoot(dir))
}

/** CpuSets as cpulists, sets as lists, so that whole facts can be held against a text. */
function plain(facts: Facts): unknown {
  return JSON.parse(JSON.stringify(facts, (_, value) => (value instanceof Set ? [...value] : value)))
}

test('a server of two NUMA nodes with SMT and an offline CPU gives all its facts', () => {
  makeMachine(dir, {
    cpus: 8,
    nodes: 2,
    threadsPerCore: 2,
    offline: '7',
    possible: '0-15',
    isolated: '2,6',
    nohzFull: '2,6',
    realtime: true,
    flags: 'fpu tsc',
    hostname: 'compute-1',
  })
  const facts = plain(collectFacts(openRoot(dir))) as Record<string, unknown>
  expect({ ...facts, cpuinfo: String(facts.cpuinfo).split('\n').length }).toEqual({
    cpu: {
      possible: '0-15',
      present: '0-7',
      online: '0-6',
      isolated: '2,6',
      nohzFull: '2,6',
      places: [
        { cpu: 0, package: 0, core: 0, node: 0, siblings: '0,4' },
        { cpu: 1, package: 0, core: 1, node: 0, siblings: '1,5' },
        { cpu: 2, package: 1, core: 0, node: 1, siblings: '2,6' },
        { cpu: 3, package: 1, core: 1, node: 1, siblings: '3' },
        { cpu: 4, package: 0, core: 0, node: 0, siblings: '0,4' },
        { cpu: 5, package: 0, core: 1, node: 0, siblings: '1,5' },
        { cpu: 6, package: 1, core: 0, node: 1, siblings: '2,6' },
      ],
      vendor: 'GenuineIntel',
      model: 'Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz',
      flags: ['fpu', 'tsc'],
    },
    nodes: [
      { node: 0, cpus: '0-1,4-5', hugepageSizesKb: [2048, 1048576] },
      { node: 1, cpus: '2-3,6', hugepageSizesKb: [2048, 1048576] },
    ],
    kernel: {
      release: '6.1.0-21-amd64',
      version: 'Linux version 6.1.0-21-amd64 (builder@made) (gcc 12.2.0) #1 SMP PREEMPT_RT Debian 6.1',
      machine: 'x86_64',
      realtime: true,
      bootId: '5f6d7d4e-0000-4000-8000-000000000001',
    },
    cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-21-amd64 root=/dev/sda1 ro quiet',
    cpuinfo: 92,
    virtualization: 'none',
    os: { id: 'debian', version: '12' },
    hostname: 'compute-1',
  })
})

test('an empty directory is a machine of one CPU of which nothing else is known', () => {
  expect(plain(machineOf({}))).toEqual({
    cpu: {
      possible: '0',
      present: '0',
      online: '0',
      isolated: '',
      places: [{ cpu: 0, package: 0, core: 0, node: 0, siblings: '0' }],
      vendor: '',
      model: '',
      flags: [],
    },
    nodes: [{ node: 0, cpus: '0', hugepageSizesKb: [] }],
    kernel: { release: '', version: '', machine: '', realtime: false, bootId: '' },
    cmdline: '',
    cpuinfo: '',
    virtualization: 'none',
    os: { id: '', version: '' },
    hostname: '',
  })
})

test('without cpulist files the CPUs are those of the cpu folders, each its own core, but those switched off', () => {
  const cpu = '/sys/devices/system/cpu'
  const { possible, online, places } = machineOf({
    [`${cpu}/cpu0/uevent`]: '',
    [`${cpu}/cpu1/online`]: '0\n',
    [`${cpu}/cpu10/online`]: '1\n',
    [`${cpu}/cpufreq/boost`]: '1\n',
  }).cpu
  expect([`${possible}`, `${online}`, places.map(({ core, siblings }) => [core, `${siblings}`])]).toEqual([
    '0-1,10',
    '0,10',
    [
      [0, '0'],
      [10, '10'],
    ],
  ])
})

test('without cpu folders the CPUs are those of /proc/cpuinfo', () => {
  const { online } = machineOf({ '/proc/cpuinfo': 'processor\t: 0\nx : y\n\nprocessor\t: 1\n' }).cpu
  expect(online).toEqual(CpuSet.parse('0-1'))
})

test('a kernel that has nohz_full but no list prints (null), which is no CPU', () => {
  const { nohzFull } = machineOf({ '/sys/devices/system/cpu/nohz_full': ' (null)\n' }).cpu
  expect(nohzFull?.size).toBe(0)
})

test('a CPU file that is no list is an error that names the file', () => {
  expect(() => machineOf({ '/sys/devices/system/cpu/online': 'all of them\n' })).toThrow(
    expect.objectContaining({
      code: 'bad-cpulist-file',
      message: "/sys/devices/system/cpu/online holds 'all of them', which is no list of CPUs",
      place: { file: '/sys/devices/system/cpu/online' },
    }),
  )
})

const KVM_CLOCK = {
  '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc kvm-clock acpi_pm \n',
}
const GUEST = { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu tsc hypervisor\n' }
const METAL = { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu tsc vmx\n' }
const ARM = { '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n' }

test.each([
  ['bare metal', METAL, 'none'],
  ["a cloud vendor's bare metal", { ...METAL, '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' }, 'none'],
  ['KVM under QEMU', { ...GUEST, ...KVM_CLOCK, '/sys/class/dmi/id/sys_vendor': 'QEMU\n' }, 'kvm'],
  ['emulation by QEMU', { ...GUEST, '/sys/class/dmi/id/sys_vendor': 'QEMU\n' }, 'qemu'],
  ['an EC2 guest', { ...GUEST, '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' }, 'amazon'],
  ['VMware', { ...GUEST, '/sys/class/dmi/id/product_name': 'VMware20,1\n' }, 'vmware'],
  ['a hypervisor without a name', GUEST, 'vm-other'],
  ['a Xen guest', { ...GUEST, '/sys/hypervisor/type': 'xen\n' }, 'xen'],
  [
    "Xen's own domain",
    { ...GUEST, '/sys/hypervisor/type': 'xen\n', '/proc/xen/capabilities': 'control_d\n' },
    'none',
  ],
  ['an ARM server', ARM, 'none'],
  ['an ARM guest', { ...ARM, '/proc/device-tree/hypervisor/compatible': 'linux,kvm\0' }, 'kvm'],
])('%s is recognised without a program', (_, files, expected) => {
  expect(machineOf(files).virtualization).toBe(expected)
})

test('the facts of this machine agree with what its own programs say', () => {
  const say = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim()
  const { cpu, kernel } = collectFacts(openRoot('/'))
  expect({ online: cpu.places.length, release: kernel.release, machine: kernel.machine }).toEqual({
    online: Number(say('getconf', '_NPROCESSORS_ONLN')),
    release: say('uname', '-r'),
    machine: say('uname', '-m'),
  })
})
