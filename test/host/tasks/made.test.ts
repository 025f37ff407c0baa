import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { Tasks } from '../../../src/host/ports.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'
import { openTasks } from '../../../src/host/tasks/open-tasks.ts'
import { makeMachine } from '../../support/made-machine.ts'

let dir: string
let tasks: Tasks
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-tasks-'))
  makeMachine(dir, {
    cpus: 40,
    tasks: [
      { tid: 14, comm: 'ksoftirqd/0', kernel: true, bound: true, cpus: '0' },
      { tid: 800, comm: 'qemu-kvm', cmdline: 'qemu-kvm -name guest', startTicks: 5000 },
      { tid: 801, pid: 800, comm: 'CPU 0/KVM', cpus: '2', startTicks: 5001 },
      { tid: 900, comm: 'gone', state: 'Z' },
    ],
  })
  tasks = openTasks(openRoot(dir), openRunner(openRoot(dir)))
})
afterEach(() => rmSync(dir, { recursive: true }))

const read = (path: string): string => readFileSync(join(dir, path), 'utf8')

test('threads of a made machine are read from its /proc, zombies left out', () => {
  const common = { parent: 0, kernel: false, bound: false, policy: 'other', priority: 0 }
  expect(tasks.all()).toEqual([
    { ...common, tid: 14, pid: 14, comm: 'ksoftirqd/0', kernel: true, bound: true, startTicks: 100 },
    { ...common, tid: 800, pid: 800, comm: 'qemu-kvm', startTicks: 5000 },
    { ...common, tid: 801, pid: 800, comm: 'CPU 0/KVM', startTicks: 5001 },
  ])
  expect([tasks.find(801)?.comm, `${tasks.affinity(801)}`, `${tasks.affinity(800)}`]).toEqual([
    'CPU 0/KVM',
    '2',
    '0-39',
  ])
  expect([tasks.commandLine(800), tasks.commandLine(14), tasks.find(5), tasks.affinity(5)]).toEqual([
    'qemu-kvm -name guest',
    '',
    undefined,
    undefined,
  ])
})

test('setting CPUs changes two lines of both copies of status and nothing else', async () => {
  const before = read('/proc/800/status')
  expect(await tasks.setAffinity([{ tid: 800, cpus: CpuSet.parse('0-1,33') }])).toEqual([])
  const after = before
    .replace('Cpus_allowed:\tff,ffffffff', 'Cpus_allowed:\t02,00000003')
    .replace('Cpus_allowed_list:\t0-39', 'Cpus_allowed_list:\t0-1,33')
  expect(after).not.toBe(before)
  expect([read('/proc/800/status'), read('/proc/800/task/800/status')]).toEqual([after, after])
  await tasks.setAffinity([{ tid: 800, cpus: CpuSet.parse('0-39') }])
  expect([read('/proc/800/status'), read('/proc/800/task/800/status')]).toEqual([before, before])
})

test('setting a policy changes two fields of stat, and back gives the same bytes', async () => {
  const before = read('/proc/14/stat')
  expect(await tasks.setPolicy([{ tid: 14, policy: 'fifo', priority: 2 }])).toEqual([])
  expect(tasks.find(14)).toMatchObject({ policy: 'fifo', priority: 2 })
  const fields = before.split(' ')
  fields.splice(39, 2, '2', '1')
  expect(read('/proc/14/stat')).toBe(fields.join(' '))
  await tasks.setPolicy([{ tid: 14, policy: 'other', priority: 0 }])
  expect([read('/proc/14/stat'), read('/proc/14/task/14/stat')]).toEqual([before, before])
})

test('a bound kernel thread keeps its CPU, as in the kernel', async () => {
  expect(await tasks.setAffinity([{ tid: 14, cpus: CpuSet.of([1]) }])).toEqual([
    { tid: 14, reason: 'the kernel refuses it: invalid argument' },
  ])
  expect(`${tasks.affinity(14)}`).toBe('0')
})
