import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Unit } from '../../src/core/profile/profile.ts'
import { observe } from '../../src/engine/observe.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import type { KindResult, Machine } from '../../src/settings/kind.ts'
import { scheduler } from '../../src/settings/scheduler.ts'
import { type MachineSpec, makeMachine } from '../support/made-machine.ts'

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

function machine(spec: Partial<MachineSpec> = {}): Machine {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-scheduler-'))
  dirs.push(dir)
  return openMachine(makeMachine(dir, { cpus: 4, ...spec }))
}

const FILE = '/etc/quietcore/profiles/x/profile.conf'

function unitOf(options: Record<string, string>): Unit {
  const entries = Object.entries(options)
  return {
    name: 'scheduler',
    type: 'scheduler',
    priority: 0,
    enabled: true,
    devices: '*',
    options: new Map(
      entries.map(([name, value], index) => [
        name,
        { value, raw: value, place: { file: FILE, line: index + 2 } },
      ]),
    ),
    place: { file: FILE, line: 1 },
    dir: '/etc/quietcore/profiles/x',
  }
}

function settingsOf(options: Record<string, string>, spec?: Partial<MachineSpec>): KindResult {
  return scheduler.settings(unitOf(options), machine(spec))
}

test('isolated cores become one setting for threads, one for each interrupt and one for new interrupts', () => {
  const files = { '/proc/irq/default_smp_affinity': 'f\n', '/proc/irq/24/smp_affinity_list': '0-3\n' }
  const { settings, warnings } = settingsOf(
    { isolated_cores: '2-3', ps_blacklist: String.raw`^qemu-kvm;a\;b;`, cgroup_ps_blacklist: '/kubepods' },
    { files },
  )
  expect(warnings).toEqual([])
  expect(settings.map(({ id, target, want, compare }) => [id, target, want, compare])).toEqual([
    ['scheduler:isolated_cores', 'CPUs of threads', 'no movable thread on 2-3', 'text'],
    ['scheduler:irq24', 'irq 24', '0-1', 'within'],
    ['scheduler:default_smp_affinity', '/proc/irq/default_smp_affinity', '00000003', 'cpumask'],
  ])
  expect(settings[0]!.knob).toEqual({
    knob: 'tasks-affinity',
    select: {
      by: 'sweep',
      only: ['.*'],
      not: ['^qemu-kvm', String.raw`a\;b`],
      notCgroups: ['/kubepods'],
      elsewhere: [],
    },
    rule: { to: 'leave', away: '2-3', home: '0-1' },
  })
})

test.each([
  ['ignore', []],
  ['0', [['scheduler:default_smp_affinity', '00000001']]],
  ['calc', [['scheduler:default_smp_affinity', '00000007']]],
])('default_irq_smp_affinity=%s with interrupts left alone', (value, expected) => {
  const { settings } = settingsOf({
    isolated_cores: '3',
    irq_process: 'false',
    default_irq_smp_affinity: value,
  })
  expect(settings.slice(1).map(({ id, want }) => [id, want])).toEqual(expected)
})

test('group rules become settings in the order of their priority, and the last one that matches wins', async () => {
  const threads = ['ksoftirqd/0', 'ksoftirqd/1', 'rcuc/0'].map((comm, index) => ({
    tid: 10 + index,
    comm,
    kernel: true,
  }))
  const made = machine({ tasks: [...threads, { tid: 50, comm: 'app', cmdline: '/usr/bin/app --fast' }] })
  const unit = unitOf({
    'group.one': String.raw`10:f:4:*:^\[ksoftirqd/1`,
    'group.all': String.raw`9:f:2:*:^\[`,
    'group.app': '0:*:*:4:^/usr/bin/app',
    'group.timers': String.raw`0:f:2:*:^\[ktimers`,
    'group.off': '',
  })
  const { settings, warnings } = scheduler.settings(unit, made)
  const seen = await observe(settings, made.ports, [])
  expect(warnings).toEqual([])
  expect(
    seen.map(({ setting, have, state, reason }) => [setting.id, setting.want, have, state, reason]),
  ).toEqual([
    ['scheduler:group.app.affinity', '2', '0 of 1: app (50) is on 0-3', 'differs', undefined],
    [
      'scheduler:group.timers',
      'fifo:2',
      null,
      'unsupported',
      String.raw`no thread matches ^\[ktimers; this kernel or configuration has none of that name`,
    ],
    ['scheduler:group.all', 'fifo:2', '0 of 2: ksoftirqd/0 (10) is other', 'differs', undefined],
    ['scheduler:group.one', 'fifo:4', '0 of 1: ksoftirqd/1 (11) is other', 'differs', undefined],
  ])
})

test('threads that a group puts on isolated CPUs are not swept off them', async () => {
  const made = machine({
    tasks: [
      { tid: 1, comm: 'systemd', cpus: '0-2' },
      { tid: 50, comm: 'app', cmdline: 'app -x', cpus: '3' },
    ],
  })
  const unit = unitOf({ isolated_cores: '3', 'group.app': '0:*:*:8:^app' })
  const seen = await observe(scheduler.settings(unit, made).settings, made.ports, [])
  expect(seen.map(({ setting, state }) => [setting.id, state])).toEqual([
    ['scheduler:isolated_cores', 'ok'],
    ['scheduler:default_smp_affinity', 'unsupported'],
    ['scheduler:group.app.affinity', 'ok'],
  ])
})

test("the scheduler's own knobs are written where this kernel has them", () => {
  const { settings } = settingsOf(
    { sched_migration_cost_ns: '5000000', numa_balancing_scan_size_mb: '256', sched_latency_ns: '1' },
    {
      files: {
        '/proc/sys/kernel/sched_migration_cost_ns': '500000\n',
        '/sys/kernel/debug/sched/numa_balancing/scan_size_mb': '256\n',
      },
    },
  )
  expect(settings.map(({ target, want, unsupported }) => [target, want, unsupported])).toEqual([
    ['/proc/sys/kernel/sched_migration_cost_ns', '5000000', undefined],
    ['/sys/kernel/debug/sched/numa_balancing/scan_size_mb', '256', undefined],
    [
      '/sys/kernel/debug/sched/latency_ns',
      '1',
      'this kernel has no sched_latency_ns: neither /proc/sys/kernel/sched_latency_ns nor /sys/kernel/debug/sched/latency_ns is there',
    ],
  ])
})

test('options without a counterpart are said, each with its reason', () => {
  const { settings, warnings } = settingsOf({
    runtime: '1',
    cgroup_for_isolated_cores: 'housekeeping',
    'cgroup.a': '1',
    'group.a': '0:f:2:cgroup.a:x',
    isolated_core: '1',
  })
  expect(settings.map(({ id }) => id)).toEqual(['scheduler:group.a'])
  expect(warnings.map(({ code, place }) => [code, place?.line])).toEqual([
    ['option-left-out', 2],
    ['option-left-out', 3],
    ['option-left-out', 4],
    ['unknown-option', 6],
    ['unsupported-option', 5],
  ])
})

test('runtime=0 is what quietcore does anyway', () => {
  expect(settingsOf({ runtime: '0' })).toEqual({ settings: [], warnings: [] })
})

test.each([
  ['isolated_cores', '0-3', 'all-cpus-isolated'],
  ['isolated_cores', '2-', 'bad-cpulist'],
  ['ps_blacklist', 'a;(', 'bad-regex'],
  ['group.a', '0:f:2:*', 'bad-group-rule'],
  ['group.a', 'x:f:2:*:x', 'bad-group-rule'],
  ['group.a', '0:z:2:*:x', 'bad-group-rule'],
  ['group.a', '0:f:0:*:x', 'bad-group-rule'],
  ['group.a', '0:f:100:*:x', 'bad-group-rule'],
  ['group.a', '0:o:1:*:x', 'bad-group-rule'],
  ['group.a', '0:f:1:0-3:x', 'bad-group-rule'],
  ['group.a', '0:f:1:*:[', 'bad-regex'],
])('%s=%s is an error with its line', (name, value, code) => {
  expect(() => settingsOf({ isolated_cores: '1', [name]: value })).toThrow(
    expect.objectContaining({
      code,
      exitCode: 2,
      place: { file: FILE, line: name === 'isolated_cores' ? 2 : 3 },
    }),
  )
})
