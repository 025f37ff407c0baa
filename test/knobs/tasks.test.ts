import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import { openPorts } from '../../src/engine/open-ports.ts'
import type { Ports } from '../../src/host/ports.ts'
import { type TasksAffinityRef, tasksAffinity } from '../../src/knobs/tasks-affinity.ts'
import { type TasksPolicyRef, tasksPolicy } from '../../src/knobs/tasks-policy.ts'
import { makeMachine } from '../support/made-machine.ts'
import type { MadeTask } from '../support/made-tasks.ts'

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

const THREADS: MadeTask[] = [
  { tid: 1, comm: 'systemd', cmdline: '/sbin/init' },
  { tid: 14, comm: 'ksoftirqd/0', kernel: true, bound: true, cpus: '0' },
  { tid: 24, comm: 'ksoftirqd/1', kernel: true, bound: true, cpus: '1' },
  { tid: 30, comm: 'rcub/0', kernel: true, policy: 'fifo', priority: 1 },
  { tid: 800, comm: 'qemu-kvm', cmdline: 'qemu-kvm -name guest' },
  { tid: 801, pid: 800, comm: 'CPU 0/KVM', cpus: '2' },
  { tid: 812, comm: 'sshd', cmdline: 'sshd: /usr/sbin/sshd -D', cpus: '0-3' },
  { tid: 900, comm: 'pinned', cpus: '3' },
]

function machine(tasks: readonly MadeTask[] = THREADS): Ports {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-task-knobs-'))
  dirs.push(dir)
  makeMachine(dir, { cpus: 4, tasks })
  return openPorts(dir)
}

function cpusOf({ tasks }: Ports): Record<string, string> {
  return Object.fromEntries(tasks.all().map(({ tid, comm }) => [comm, `${tasks.affinity(tid)}`]))
}

function policiesOf({ tasks }: Ports): Record<string, string> {
  return Object.fromEntries(tasks.all().map((task) => [task.comm, `${task.policy} ${task.priority}`]))
}

const OFF_2_3: TasksAffinityRef = {
  knob: 'tasks-affinity',
  select: { by: 'sweep', only: ['.*'], not: ['^qemu-kvm', '^\\[rcub'], notCgroups: [], elsewhere: [] },
  rule: { to: 'leave', away: '2-3', home: '0-1' },
}
const KSOFTIRQD: TasksPolicyRef = {
  knob: 'tasks-policy',
  select: { by: 'group', pattern: '^\\[ksoftirqd', later: [] },
  policy: 'fifo',
  priority: 2,
}

test('a thread that is born while its parent is moved is moved too, and comes back', async () => {
  const ports = machine()
  const before = cpusOf(ports)
  const withoutSshd = ports.tasks.all().filter(({ comm }) => comm !== 'sshd')
  const looks = [withoutSshd, withoutSshd]
  const all = () => looks.shift() ?? ports.tasks.all()
  const busy = { ...ports, tasks: { ...ports.tasks, all } }
  const captured = await tasksAffinity.capture(OFF_2_3, busy)
  const wrote = await tasksAffinity.write(OFF_2_3, '', busy)
  expect(wrote).toEqual({
    changed: 3,
    failed: [],
    born: [{ tid: 812, startTicks: 100, comm: 'sshd', cpus: '0-3' }],
  })
  expect(cpusOf(ports)).toEqual({ ...before, systemd: '0-1', sshd: '0-1', pinned: '0-1' })
  expect(await tasksAffinity.restore(OFF_2_3, captured, wrote, ports)).toEqual({ outcome: 'restored' })
  expect(cpusOf(ports)).toEqual(before)
})

test('all threads that can be moved leave the isolated CPUs and come back to what each had', async () => {
  const ports = machine()
  const before = cpusOf(ports)
  expect(tasksAffinity.read(OFF_2_3, ports)).toEqual({
    have: '3 of 3 threads may run on 2-3: systemd (1), sshd (812), pinned (900)',
  })
  const captured = await tasksAffinity.capture(OFF_2_3, ports)
  expect(captured).toEqual([
    { tid: 1, startTicks: 100, comm: 'systemd', cpus: '0-3' },
    { tid: 812, startTicks: 100, comm: 'sshd', cpus: '0-3' },
    { tid: 900, startTicks: 100, comm: 'pinned', cpus: '3' },
  ])
  const wrote = await tasksAffinity.write(OFF_2_3, '', ports)
  expect(wrote).toEqual({ changed: 3, failed: [] })
  expect(cpusOf(ports)).toEqual({ ...before, systemd: '0-1', sshd: '0-1', pinned: '0-1' })
  expect(tasksAffinity.read(OFF_2_3, ports)).toEqual({ have: 'no movable thread on 2-3' })
  expect(await tasksAffinity.restore(OFF_2_3, captured, wrote, ports)).toEqual({ outcome: 'restored' })
  expect(cpusOf(ports)).toEqual(before)
})

test('threads of a process in a cgroup that is left out stay where they are', () => {
  const ports = machine([
    { tid: 1, comm: 'systemd' },
    { tid: 50, comm: 'pod' },
    { tid: 51, pid: 50, comm: 'worker' },
  ])
  ports.root.writeFile('/proc/50/cgroup', '0::/kubepods.slice/pod1\n')
  const select = { ...OFF_2_3.select, notCgroups: ['/kubepods\\.slice/'] }
  const ref = { ...OFF_2_3, select } as TasksAffinityRef
  expect(tasksAffinity.read(ref, ports)).toEqual({ have: '1 of 1 threads may run on 2-3: systemd (1)' })
})

test('a group with CPUs of its own is placed exactly there', async () => {
  const ports = machine()
  const ref: TasksAffinityRef = {
    knob: 'tasks-affinity',
    select: { by: 'group', pattern: 'sshd -D$', later: [] },
    rule: { to: 'stay', cpus: '1' },
  }
  expect(tasksAffinity.read(ref, ports)).toEqual({ have: '0 of 1: sshd (812) is on 0-3' })
  await tasksAffinity.write(ref, '', ports)
  expect(tasksAffinity.read(ref, ports)).toEqual({ have: '1' })
})

test('every thread of a group gets its policy and priority, and back', async () => {
  const ports = machine()
  const before = policiesOf(ports)
  await ports.tasks.setPolicy([{ tid: 24, policy: 'fifo', priority: 2 }])
  expect(tasksPolicy.read(KSOFTIRQD, ports)).toEqual({ have: '1 of 2: ksoftirqd/0 (14) is other' })
  const captured = await tasksPolicy.capture(KSOFTIRQD, ports)
  expect(captured).toEqual([{ tid: 14, startTicks: 100, comm: 'ksoftirqd/0', policy: 'other', priority: 0 }])
  const wrote = await tasksPolicy.write(KSOFTIRQD, '', ports)
  expect(policiesOf(ports)).toEqual({ ...before, 'ksoftirqd/0': 'fifo 2', 'ksoftirqd/1': 'fifo 2' })
  expect(tasksPolicy.read(KSOFTIRQD, ports)).toEqual({ have: 'fifo:2' })
  expect(await tasksPolicy.restore(KSOFTIRQD, captured, wrote, ports)).toEqual({ outcome: 'restored' })
  expect(policiesOf(ports)).toEqual({ ...before, 'ksoftirqd/1': 'fifo 2' })
})

test('a later rule takes its threads away from an earlier one', () => {
  const select = { by: 'group', pattern: '^\\[', later: ['^\\[ksoftirqd/1'] } as const
  const ref = { ...KSOFTIRQD, select: { ...select, later: [...select.later] } }
  expect(tasksPolicy.capture(ref, machine())).toEqual([
    { tid: 14, startTicks: 100, comm: 'ksoftirqd/0', policy: 'other', priority: 0 },
    { tid: 30, startTicks: 100, comm: 'rcub/0', policy: 'fifo', priority: 1 },
  ])
})

test('keeping the policy changes the priority only of threads that have one', async () => {
  const ports = machine()
  const select = { by: 'group', pattern: '^\\[', later: [] } as const
  const ref: TasksPolicyRef = { ...KSOFTIRQD, select: { ...select, later: [] }, policy: 'keep', priority: 7 }
  await tasksPolicy.write(ref, '', ports)
  expect(policiesOf(ports)).toMatchObject({ 'ksoftirqd/0': 'other 0', 'rcub/0': 'fifo 7' })
  expect(tasksPolicy.read(ref, ports)).toEqual({ have: 'priority 7' })
})

test('a group without a thread is unsupported, since kernels differ in their threads', () => {
  const select = { ...KSOFTIRQD.select, pattern: '^\\[ktimers' }
  expect(tasksPolicy.read({ ...KSOFTIRQD, select }, machine())).toEqual({
    unsupported: 'no thread matches ^\\[ktimers; this kernel or configuration has none of that name',
  })
})

test("a stranger's change is left alone and told, ended threads are no matter, the rest comes back", async () => {
  const ports = machine()
  const captured = await tasksAffinity.capture(OFF_2_3, ports)
  const wrote = await tasksAffinity.write(OFF_2_3, '', ports)
  await ports.tasks.setAffinity([{ tid: 812, cpus: CpuSet.parse('1-2') }])
  rmSync(ports.root.outside('/proc/900'), { recursive: true })
  expect(await tasksAffinity.restore(OFF_2_3, captured, wrote, ports)).toEqual({
    outcome: 'foreign',
    found: 'sshd (812) is on 1-2',
  })
  expect(cpusOf(ports)).toMatchObject({ systemd: '0-3', sshd: '1-2' })
})

test('another thread that has the number by now is not touched', async () => {
  const ports = machine()
  const captured = await tasksAffinity.capture(OFF_2_3, ports)
  const wrote = await tasksAffinity.write(OFF_2_3, '', ports)
  makeMachine(ports.root.dir, { cpus: 4, tasks: [{ tid: 900, comm: 'other', cpus: '0-1', startTicks: 7 }] })
  await tasksAffinity.restore(OFF_2_3, captured, wrote, ports)
  expect(`${ports.tasks.affinity(900)}`).toBe('0-1')
})

test('after a crash the earlier CPUs come back whatever is there', async () => {
  const ports = machine()
  const before = cpusOf(ports)
  const captured = await tasksAffinity.capture(OFF_2_3, ports)
  await ports.tasks.setAffinity([{ tid: 812, cpus: CpuSet.parse('2') }])
  expect(await tasksAffinity.restore(OFF_2_3, captured, null, ports)).toEqual({ outcome: 'restored' })
  expect(cpusOf(ports)).toEqual(before)
})

test('when all threads refuse, the setting is refused with the reason', async () => {
  const ports = machine()
  const reason = 'the kernel refuses it: invalid argument'
  const setAffinity: Ports['tasks']['setAffinity'] = async (changes) =>
    changes.map(({ tid }) => ({ tid, reason }))
  const refusing = { ...ports, tasks: { ...ports.tasks, setAffinity } }
  await expect(tasksAffinity.write(OFF_2_3, '', refusing)).rejects.toThrow(
    'systemd (1), sshd (812), pinned (900): the kernel refuses it: invalid argument',
  )
})

test('a second apply adds the threads that came since, and keeps what the first ones had', () => {
  const first = [{ tid: 1, startTicks: 100, comm: 'systemd', cpus: '0-3' }]
  const second = [
    { tid: 1, startTicks: 100, comm: 'systemd', cpus: '0-1' },
    { tid: 1, startTicks: 999, comm: 'sh', cpus: '0-2' },
  ]
  const born = { tid: 7, startTicks: 100, comm: 'cron', cpus: '0-3' }
  const kept = (before: typeof first, wrote: object) => ({
    ref: OFF_2_3,
    before,
    wrote: { changed: 1, ...wrote },
  })
  expect(tasksAffinity.join!(kept(first, { born: [born] }), kept(second, {}))).toEqual([
    first[0],
    born,
    second[1],
  ])
})
