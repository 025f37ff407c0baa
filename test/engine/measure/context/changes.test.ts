import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CpuSet } from '../../../../src/core/cpu/cpu-set.ts'
import { compareSamples } from '../../../../src/engine/measure/context/compare.ts'
import { disturbances } from '../../../../src/engine/measure/context/disturbances.ts'
import { contextRecord } from '../../../../src/engine/measure/context/record.ts'
import { takeSample } from '../../../../src/engine/measure/context/sample.ts'
import { openRoot } from '../../../../src/host/root.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-context-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function lay(files: Record<string, string | Buffer>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

function msr(smi: number): Buffer {
  const file = Buffer.alloc(0x3c)
  file.writeBigUInt64LE(BigInt(smi), 0x34)
  return file
}

const QUIET = {
  'proc/interrupts': [
    '           CPU0       CPU2       CPU3       ',
    ' 36:         10        100          0  PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0',
    'LOC:      25513      22668       4000   Local timer interrupts',
    'NMI:          0          0          0   Non-maskable interrupts',
    'ERR:          0',
    '',
  ].join('\n'),
  'proc/softirqs': [
    '                    CPU0       CPU2       CPU3',
    '       TIMER:       9721       7666         10',
    '',
  ].join('\n'),
  'proc/stat':
    'cpu  9 0 9 9 0 0 0 9 0 0\ncpu0 1 0 1 1 0 0 0 50 0 0\ncpu2 1 0 1 1 0 0 0 3 0 0\ncpu3 1 0 1 1 0 0 0 4 0 0\n',
  'proc/vmstat': 'pgfault 9\npgmajfault 100\npswpin 1\npswpout 2\n',
  'proc/loadavg': '0.00 0.01 0.05 1/100 4242\n',
  'sys/devices/system/cpu/online': '0,2-3\n',
  'sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  'sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count': '7\n',
  'sys/devices/system/cpu/cpu2/thermal_throttle/package_throttle_count': '1\n',
  'dev/cpu/2/msr': msr(0xffff_fffe),
  'dev/cpu/3/msr': msr(12),
}

test('a quiet run changed nothing, and what the machine does not tell is null', () => {
  lay({ ...QUIET, 'dev/cpu/2/msr': '', 'dev/cpu/3/msr': '' })
  rmSync(join(dir, 'sys/devices/system/cpu/cpu2'), { recursive: true })
  const root = openRoot(dir)
  const changes = compareSamples(takeSample(root, CPUS), takeSample(root, CPUS), CPUS)
  expect(changes).toEqual({
    interrupts: [],
    softirqs: [],
    smi: null,
    stealMs: [],
    throttled: null,
    memory: {
      majorFaults: { before: 100, after: 100 },
      swappedInPages: { before: 1, after: 1 },
      swappedOutPages: { before: 2, after: 2 },
    },
    hotplugged: '',
    online: { before: '0,2-3', after: '0,2-3' },
    clocksource: { before: 'tsc', after: 'tsc' },
  })
  expect(disturbances(changes)).toEqual([])
})

const CPUS = CpuSet.parse('2-3')

test('shows what moved on the measured CPUs, most first, over counters that wrap and rows that come in between', () => {
  lay(QUIET)
  const root = openRoot(dir)
  const before = takeSample(root, CPUS)
  lay({
    'proc/interrupts': [
      '           CPU0       CPU2       CPU3       ',
      ' 36:        910        101          0  PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0',
      ' 40:          0          0          5  PCI-MSIX-0000:00:04.0   0-edge      eth0-rx-0',
      'LOC:      25613      22768       4300   Local timer interrupts',
      'NMI:          0          0          0   Non-maskable interrupts',
      'ERR:          9',
      '',
    ].join('\n'),
    'proc/softirqs': [
      '                    CPU0       CPU2       CPU3',
      '       TIMER:       9800       7667         10',
      '',
    ].join('\n'),
    'proc/stat':
      'cpu  9 0 9 9 0 0 0 9 0 0\ncpu0 1 0 1 1 0 0 0 90 0 0\ncpu2 1 0 1 1 0 0 0 3 0 0\ncpu3 1 0 1 1 0 0 0 7 0 0\n',
    'proc/vmstat': 'pgfault 9\npgmajfault 104\npswpin 1\npswpout 12\n',
    'sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count': '9\n',
    'dev/cpu/2/msr': msr(3),
  })
  const changes = compareSamples(before, takeSample(root, CPUS), CPUS)
  expect(changes).toEqual({
    interrupts: [
      {
        name: 'LOC',
        label: 'Local timer interrupts',
        perCpu: { 2: 100, 3: 300 },
        before: 26668,
        after: 27068,
      },
      { name: '40', label: 'PCI-MSIX-0000:00:04.0 0-edge eth0-rx-0', perCpu: { 3: 5 }, before: 0, after: 5 },
      {
        name: '36',
        label: 'PCI-MSIX-0000:00:02.0 1-edge virtio1-req.0',
        perCpu: { 2: 1 },
        before: 100,
        after: 101,
      },
    ],
    softirqs: [{ name: 'TIMER', label: '', perCpu: { 2: 1 }, before: 7676, after: 7677 }],
    smi: [{ cpu: 2, before: 0xffff_fffe, after: 3, by: 5 }],
    stealMs: [{ cpu: 3, before: 40, after: 70, by: 30 }],
    throttled: [{ cpu: 2, before: 8, after: 10, by: 2 }],
    memory: {
      majorFaults: { before: 100, after: 104 },
      swappedInPages: { before: 1, after: 1 },
      swappedOutPages: { before: 2, after: 12 },
    },
    hotplugged: '',
    online: { before: '0,2-3', after: '0,2-3' },
    clocksource: { before: 'tsc', after: 'tsc' },
  })
  expect(contextRecord({ microcode: '0x1' }, changes, disturbances(changes))).toEqual({
    facts: { microcode: '0x1', smi: 'counted' },
    changes: [
      {
        name: 'interrupt LOC',
        where: 'CPU 2-3',
        before: '26668',
        after: '27068',
        note: '+400, most on CPU 3: +300; Local timer interrupts',
      },
      {
        name: 'interrupt 40',
        where: 'CPU 3',
        before: '0',
        after: '5',
        note: '+5; PCI-MSIX-0000:00:04.0 0-edge eth0-rx-0',
      },
      {
        name: 'interrupt 36',
        where: 'CPU 2',
        before: '100',
        after: '101',
        note: '+1; PCI-MSIX-0000:00:02.0 1-edge virtio1-req.0',
      },
      { name: 'softirq TIMER', where: 'CPU 2', before: '7676', after: '7677', note: '+1' },
      { name: 'smi', where: 'CPU 2', before: '4294967294', after: '3', note: '+5' },
      { name: 'steal', where: 'CPU 3', before: '40 ms', after: '70 ms', note: '+30 ms' },
      { name: 'throttled', where: 'CPU 2', before: '8', after: '10', note: '+2' },
      { name: 'major-faults', before: '100', after: '104' },
      { name: 'pages-swapped-out', before: '2', after: '12' },
    ],
    disturbances: disturbances(changes).map(({ code, message }) => ({ code, message })),
  })
  expect(disturbances(changes)).toEqual([
    { code: 'smi', message: 'the firmware took CPUs by system management interrupts: CPU 2 5', trust: true },
    { code: 'steal', message: 'the hypervisor took time from measured CPUs: CPU 3 30 ms', trust: true },
    { code: 'throttled', message: 'CPUs were slowed because they were too hot: CPU 2 2 times', trust: true },
    { code: 'swap', message: 'the machine swapped (0 pages in, 10 out)', trust: true },
  ])
})

test('a CPU that went away and a clock that was given up make the numbers untrue', () => {
  lay(QUIET)
  const root = openRoot(dir)
  const before = takeSample(root, CPUS)
  lay({
    'sys/devices/system/cpu/online': '0,2\n',
    'sys/devices/system/clocksource/clocksource0/current_clocksource': 'hpet\n',
  })
  expect(disturbances(compareSamples(before, takeSample(root, CPUS), CPUS))).toEqual([
    { code: 'cpu-hotplug', message: 'CPU 3 was not online all the time', trust: false },
    {
      code: 'clocksource-changed',
      message: 'the clock source changed from tsc to hpet: the clock was unreliable',
      trust: false,
    },
  ])
})
