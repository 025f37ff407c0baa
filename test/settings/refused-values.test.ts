import { describe, expect, it } from 'vitest'
import { openMachine } from '../../src/engine/open-machine.ts'
import { wantedDmaLatencyUs } from '../../src/settings/cpu.ts'
import { kindOf } from '../../src/settings/kinds.ts'
import { translateChannels } from '../../src/settings/net-channels.ts'
import { sysctlPath } from '../../src/settings/sysctl-key.ts'
import { machineDir } from '../support/machine-dir.ts'
import { makeMachine } from '../support/made-machine.ts'
import { unitOf } from '../support/unit-of.ts'
import { idleStates } from './cases.ts'

function machine(files: Record<string, string> = {}) {
  return openMachine(makeMachine(machineDir().dir, { cpus: 4, nodes: 2, files }))
}

const PLACE = { file: '/etc/quietcore/profiles/made/profile.conf', line: 2 }

describe('a value that cannot be meant is an error with its place', () => {
  it.each([
    ['sysctl', { 'net.core.somaxconn': '>many' }, "'>many' is not a number"],
    ['sysfs', { '/proc/sys/vm/swappiness': '1' }, "'/proc/sys/vm/swappiness' is no file of /sys"],
    ['sysfs', { '/sys/../etc/passwd': '1' }, "'/sys/../etc/passwd' is no file of /sys"],
    ['vm', { dirty_bytes: '10 MB' }, 'dirty_bytes=10 MB is neither a number of bytes nor a percentage'],
    ['cpu', { governor: 'performance||powersave' }, "'performance||powersave' has an empty alternative"],
    [
      'cpu',
      { force_latency: 'cstate.nr:1' },
      "'cstate.nr:1' in force_latency=cstate.nr:1 is no C-state limit",
    ],
    ['cpu', { energy_perf_bias: 'fast' }, "'fast' is no energy performance bias"],
    [
      'cpu',
      { pm_qos_resume_latency_us: '-1' },
      'pm_qos_resume_latency_us=-1 is neither n/a nor a number of microseconds',
    ],
    ['cpu', { no_turbo: 'perhaps' }, "'perhaps' is neither yes nor no"],
    [
      'irq',
      { affinity: '0-x' },
      "the CPU list '0-x' cannot be read: '0-x' is neither a CPU number nor a range (column 1)",
    ],
    ['irq', { affinity: '9' }, 'affinity=9 has no online CPU'],
    [
      'irqbalance',
      { banned_cpus: '3-1' },
      "the CPU list '3-1' cannot be read: the range '3-1' runs backwards (column 1)",
    ],
    ['modules', { nvme_core: 'io_timeout' }, "'io_timeout' is not PARAMETER=VALUE"],
    ['modules', { 'a b': 'c=d' }, "'a b' is no name of a module"],
    [
      'kvm',
      { halt_poll_ns: '0\noptions evil x=1' },
      'halt_poll_ns=0\noptions evil x=1 is not one word, as a module parameter must be',
    ],
    ['hugepages', { '1X': '2' }, "'1X' is no size of huge pages"],
    ['hugepages', { '1G': 'two' }, "'two' is no number of huge pages"],
    ['systemd', { cpu_affinity: '8' }, 'cpu_affinity=8 has no CPU of this machine'],
    ['service', { 'service.ksm': 'mask' }, "'mask' is nothing that can be done to ksm.service"],
    ['service', { 'service.ksm': 'file:/none' }, 'the drop-in /none for ksm.service is not there'],
    ['disk', { readahead: '4M' }, 'readahead=4M is no number of KiB'],
    ['uncore', { max_freq_khz: '110%' }, "'110%' is no percentage"],
    ['uncore', { min_freq_khz: 'fast' }, "'fast' is not a number"],
    ['video', { radeon_powersave: 'turbo' }, "'turbo' is no power level of Radeon cards"],
  ])('[%s] %j', (type, options, message) => {
    const files = {
      '/proc/sys/net/core/somaxconn': '128\n',
      '/usr/sbin/irqbalance': '',
      '/etc/systemd/system.conf': '',
      '/sys/block/sda/removable': '0\n',
      '/sys/block/sda/device/model': '\n',
      ...idleStates('intel_idle', ['POLL 0', 'C1 2']),
    }
    const unit = unitOf(type, options as unknown as Record<string, string>)
    const read = () => kindOf(type)!.settings(unit, machine(files))
    expect(read).toThrow(expect.objectContaining({ name: 'InputError', message, place: PLACE }))
  })

  it.each([
    ['coalesce', 'rx-usecs', "'rx-usecs' has no value"],
    ['ring', 'rx 1024 big 2', "ethtool knows no ring parameter 'big'"],
  ])('[net] %s=%s', (option, value, message) => {
    const unit = unitOf('net', { [option]: value })
    const read = () => kindOf('net')!.settings(unit, machine({ '/sys/class/net/ens1/mtu': '1500\n' }))
    expect(read).toThrow(expect.objectContaining({ name: 'InputError', message, place: PLACE }))
  })
})

it('a sysctl key names one file, whichever separator comes first', () => {
  expect(
    [
      'kernel.pid_max',
      'net.ipv4.conf.eth0/200.forwarding',
      'net/ipv4/conf/eth0.200/forwarding',
      'vm/swappiness',
    ].map(sysctlPath),
  ).toEqual([
    '/proc/sys/kernel/pid_max',
    '/proc/sys/net/ipv4/conf/eth0.200/forwarding',
    '/proc/sys/net/ipv4/conf/eth0.200/forwarding',
    '/proc/sys/vm/swappiness',
  ])
})

it.each([
  ['3', 3],
  ['cstate.id:2', 133],
  ['cstate.id:9|cstate.name:C1', 2],
  ['cstate.id_no_zero:0|70', 70],
  ['cstate.name_no_zero:POLL|cstate.name:POLL', 0],
  ['cstate.name:C9|none|1', undefined],
  ['cstate.name:C9', undefined],
])('force_latency=%s is a limit of %s µs where C1 takes 2 and C6 133', (value, us) => {
  const files = idleStates('intel_idle', ['POLL 0', 'C1 2', 'C6 133'])
  expect(wantedDmaLatencyUs(unitOf('cpu', { force_latency: value }), machine(files))).toBe(us)
})

it('while the service runs, the C-state limit in force is looked at', () => {
  const made = machine(idleStates('intel_idle', ['POLL 0', 'C1 2']))
  const { settings, warnings } = kindOf('cpu')!.settings(unitOf('cpu', { force_latency: '2' }), {
    ...made,
    service: true,
  })
  expect({ settings, warnings }).toEqual({
    settings: [
      {
        id: 'cpu:force_latency',
        section: 'cpu',
        target: '/dev/cpu_dma_latency',
        want: '2',
        effect: 'now',
        compare: 'at-most',
        knob: { knob: 'held-file', path: '/dev/cpu_dma_latency' },
      },
    ],
    warnings: [],
  })
})

it('channels are asked for in the way that the driver has', () => {
  const combined = new Map([
    ['rx', 'n/a'],
    ['tx', 'n/a'],
    ['combined', '8'],
  ])
  const separate = new Map([
    ['rx', '8'],
    ['tx', '8'],
    ['combined', '0'],
  ])
  const both = new Map([
    ['rx', '2'],
    ['tx', '4'],
  ])
  expect(Object.fromEntries(translateChannels(new Map([['combined', '2']]), separate))).toEqual({
    rx: '2',
    tx: '2',
  })
  expect(Object.fromEntries(translateChannels(new Map([['combined', '2']]), combined))).toEqual({
    combined: '2',
  })
  expect(Object.fromEntries(translateChannels(both, combined))).toEqual({ combined: '4' })
  expect(Object.fromEntries(translateChannels(both, separate))).toEqual({ rx: '2', tx: '4' })
})
