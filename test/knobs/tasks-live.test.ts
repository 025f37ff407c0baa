import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { openPorts } from '../../src/engine/open-ports.ts'
import { type TasksAffinityRef, tasksAffinity } from '../../src/knobs/tasks-affinity.ts'
import { type TasksPolicyRef, tasksPolicy } from '../../src/knobs/tasks-policy.ts'
import { SLEEP, untilAsleep } from '../support/sleepers.ts'

/** Names these children, and nothing else of this machine is touched. */
const OWN = { by: 'group' as const, pattern: `^${SLEEP.join(' ').replace('.', '\\.')}$`, later: [] }
const asRoot = process.geteuid?.() === 0

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function sleepers(count: number): Promise<number[]> {
  const [program, ...args] = SLEEP
  const started = Array.from({ length: count }, () => spawn(program, args, { stdio: 'ignore' }))
  children.push(...started)
  await untilAsleep(count)
  return started.map(({ pid }) => pid!)
}

function chrt(pid: number): string {
  return execFileSync('chrt', ['-p', `${pid}`], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
    .split('\n')
    .map((line) => line.replace(/^.*: /, ''))
    .join(' ')
    .trim()
}

test.runIf(asRoot)(
  'the real kernel gives a group its policy, and takes it back from those that still have it',
  async () => {
    const [first, second, third] = await sleepers(3)
    const ports = openPorts('/')
    const ref: TasksPolicyRef = { knob: 'tasks-policy', select: OWN, policy: 'fifo', priority: 3 }
    expect(tasksPolicy.read(ref, ports)).toEqual({ have: `0 of 3: sleep (${first}) is other` })
    const before = await tasksPolicy.capture(ref, ports)
    const wrote = await tasksPolicy.write(ref, '', ports)
    expect([first, second, third].map((pid) => chrt(pid!))).toEqual(Array(3).fill('SCHED_FIFO 3'))
    expect(tasksPolicy.read(ref, ports)).toEqual({ have: 'fifo:3' })
    execFileSync('chrt', ['--rr', '-p', '7', `${second}`])
    const gone = new Promise((resolve) => children[2]!.once('exit', resolve))
    children[2]!.kill('SIGKILL')
    await gone
    expect(await tasksPolicy.restore(ref, before, wrote, ports)).toEqual({
      outcome: 'foreign',
      found: `sleep (${second}) is rr:7`,
    })
    expect([first, second].map((pid) => chrt(pid!))).toEqual(['SCHED_OTHER 0', 'SCHED_RR 7'])
  },
)

test('the real kernel moves a group to a CPU and back', async () => {
  const [pid] = await sleepers(1)
  const ports = openPorts('/')
  const earlier = ports.tasks.affinity(pid!)!
  const cpus = `${earlier.cpus.at(-1)}`
  const ref: TasksAffinityRef = { knob: 'tasks-affinity', select: OWN, rule: { to: 'stay', cpus } }
  const before = await tasksAffinity.capture(ref, ports)
  const wrote = await tasksAffinity.write(ref, '', ports)
  expect(tasksAffinity.read(ref, ports)).toEqual({ have: cpus })
  expect(await tasksAffinity.restore(ref, before, wrote, ports)).toEqual({
    outcome: earlier.size === 1 ? 'unchanged' : 'restored',
  })
  expect(`${ports.tasks.affinity(pid!)}`).toBe(`${earlier}`)
})
