import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { Task, Tasks } from '../../../src/host/ports.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'
import { openTasks } from '../../../src/host/tasks/open-tasks.ts'
import { commandLineOf, SLEEP, untilAsleep } from '../../support/sleepers.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const root = openRoot('/')
const liveTasks = (): Tasks => openTasks(root, openRunner(root))

/** Own children that do nothing: the only threads these tests touch. */
async function sleepers(count: number): Promise<number[]> {
  const [program, ...args] = SLEEP
  const started = Array.from({ length: count }, () => spawn(program, args, { stdio: 'ignore' }))
  children.push(...started)
  await untilAsleep(count)
  return started.map((child) => child.pid!)
}

function say(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).trim()
}

const asRoot = process.geteuid?.() === 0

test('a thread is read as ps shows it', async () => {
  const [pid] = await sleepers(1)
  const task = liveTasks()
    .all()
    .find(({ tid }) => tid === pid)!
  expect(task).toEqual({
    tid: pid,
    pid,
    parent: process.pid,
    comm: say('ps', '-o', 'comm=', '-p', `${pid}`),
    kernel: false,
    bound: false,
    policy: 'other',
    priority: 0,
    startTicks: task.startTicks,
  })
  expect(liveTasks().find(pid!)).toEqual(task)
  expect(liveTasks().commandLine(pid!)).toBe(SLEEP.join(' '))
})

test('every thread of a process is there, as in its task folder', () => {
  const own = liveTasks()
    .all()
    .filter(({ pid }) => pid === process.pid)
  const listed = say('ls', `/proc/${process.pid}/task`).split('\n').map(Number)
  expect(own.map(({ tid }) => tid)).toEqual(listed.sort((a, b) => a - b))
  expect(liveTasks().find(listed.at(-1)!)?.pid).toBe(process.pid)
})

test('the two ways of PF_KTHREAD and PF_NO_SETAFFINITY tell kernel threads from others', () => {
  const kernel = liveTasks()
    .all()
    .filter((task) => task.kernel)
  const withoutCommandLine = (task: Task) => commandLineOf(task.pid) === ''
  expect(kernel.every(withoutCommandLine)).toBe(true)
  expect(kernel.find(({ comm }) => comm === 'ksoftirqd/0')?.bound ?? true).toBe(true)
})

test('taskset sees the CPUs that were set', async () => {
  const [pid] = await sleepers(1)
  const tasks = liveTasks()
  const last = tasks.affinity(pid!)!.cpus.at(-1)!
  expect(await tasks.setAffinity([{ tid: pid!, cpus: CpuSet.of([last]) }])).toEqual([])
  expect(say('taskset', '-pc', `${pid}`)).toBe(`pid ${pid}'s current affinity list: ${last}`)
  expect(`${tasks.affinity(pid!)}`).toBe(`${last}`)
})

test.runIf(asRoot)('chrt sees the policies that were set', async () => {
  const [fifo, batch] = await sleepers(2)
  const tasks = liveTasks()
  const failures = await tasks.setPolicy([
    { tid: fifo!, policy: 'fifo', priority: 2 },
    { tid: batch!, policy: 'batch', priority: 0 },
  ])
  expect(failures).toEqual([])
  expect(say('chrt', '-p', `${fifo}`)).toBe(
    `pid ${fifo}'s current scheduling policy: SCHED_FIFO\npid ${fifo}'s current scheduling priority: 2`,
  )
  expect(say('chrt', '-p', `${batch}`)).toContain('SCHED_BATCH')
  expect(tasks.find(fifo!)).toMatchObject({ policy: 'fifo', priority: 2 })
})

test('a thread that refuses is named with the reason, one that ended is not, and the rest is done', async () => {
  const [first, ended, last] = await sleepers(3)
  const tasks = liveTasks()
  const gone = new Promise((resolve) => children[1]!.once('exit', resolve))
  children[1]!.kill('SIGKILL')
  await gone
  const cpus = CpuSet.of([tasks.affinity(first!)!.first!])
  // Not in one call: taskset complains in pieces, and those of two that run at a time may be mixed.
  expect(await tasks.setAffinity([{ tid: ended!, cpus }])).toEqual([])
  const failures = await tasks.setAffinity([
    { tid: first!, cpus: CpuSet.of([8000]) },
    { tid: last!, cpus },
  ])
  expect(failures).toEqual([{ tid: first, reason: 'the kernel refuses it: invalid argument' }])
  expect(`${tasks.affinity(last!)}`).toBe(`${cpus}`)
  expect(tasks.find(ended!)).toBeUndefined()
})

test('nothing to change starts no program', async () => {
  const tasks = openTasks(root, { ...openRunner(root), run: () => Promise.reject(new Error('started')) })
  expect(await tasks.setAffinity([])).toEqual([])
})
