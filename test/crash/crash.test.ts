import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMachine } from '../../src/engine/open-machine.ts'
import { settle } from '../../src/engine/tune.ts'
import { makeHost } from '../support/host-machine.ts'
import { listTree } from '../support/tree.ts'

/**
 * The whole program, from dist/, is killed with SIGKILL at every file-system call that changes the disk; then
 * `recover` runs, and the machine must equal one of the two good states byte for byte.
 */
const PRELOAD = new URL('./kill-at.mjs', import.meta.url).pathname
const APPLY = ['apply', 'realtime-virtual-host', '--isolated-cores', '2-3']
const AT_ONCE = 4

let work: string
let program: string
let clean: string
let tuned: string

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'quietcore-crash-'))
  // A copy, so that a build in the meantime does not pull the program from under a run of minutes.
  for (const part of ['dist', 'profiles', 'suites'])
    cpSync(part, join(work, 'program', part), { recursive: true })
  program = join(work, 'program/dist/quietcore.js')
  clean = makeHost(join(work, 'clean'))
  tuned = join(work, 'tuned')
  cpSync(clean, tuned, { recursive: true })
  expect(await run(tuned, APPLY)).toMatchObject({ code: 0 })
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('a SIGKILL at any file-system call', () => {
  it('of an apply leaves a machine that recover makes as before or as applied', async () => {
    await everyPoint('apply', clean, APPLY, [state(clean), state(tuned)])
  }, 2_400_000)

  it('of an off leaves a machine that recover makes as before or as applied', async () => {
    await everyPoint('off', tuned, ['off'], [state(clean), state(tuned)])
  }, 2_400_000)

  it('of a switch to another profile leaves one of the two profiles whole', async () => {
    const other = join(work, 'other')
    cpSync(tuned, other, { recursive: true })
    const change = ['apply', 'latency']
    expect(await run(other, change)).toMatchObject({ code: 0 })
    await everyPoint('switch', tuned, change, [state(tuned), state(other)])
  }, 2_400_000)
})

async function everyPoint(name: string, from: string, args: readonly string[], good: readonly string[]) {
  const { changes, looks } = await count(name, from, args)
  const points = changes.flatMap((call, i) => [
    { at: i + 1, torn: false },
    ...(call === 'writeSync' ? [{ at: i + 1, torn: true }] : []),
  ])
  const bad: string[] = []
  await inParallel(points, async ({ at, torn }) => {
    const machine = join(work, `${name}-${at}-${torn}`)
    cpSync(from, machine, { recursive: true })
    const killed = await run(machine, args, {
      QUIETCORE_KILL_AT: `${at}`,
      QUIETCORE_KILL_TORN: torn ? '1' : '0',
    })
    const problem = await recovered(machine)
    if (killed.signal === 'SIGKILL' && problem === '' && good.includes(state(machine)))
      rmSync(machine, { recursive: true })
    else
      bad.push(`${changes[at - 1]} ${at}${torn ? ' torn' : ''}: ${killed.signal} ${killed.output} ${problem}`)
  })
  console.log(
    `${name}: killed ${points.length} times, before each of the ${changes.length} calls that change the disk and half-way through each write (the ${looks} calls that only look leave what the change before them left)`,
  )
  expect(bad).toEqual([])
}

/** What `quietcore recover` does, in this process: half the time of a test of hundreds of processes. */
async function recovered(machine: string): Promise<string> {
  try {
    await settle(openMachine(machine, { write: () => {} }))
    return ''
  } catch (error) {
    return String(error)
  }
}

/** All that a reboot or another program could see; the journal's own times differ between runs. */
function state(machine: string): string {
  return JSON.stringify(
    listTree(machine, (path) => path === '/var/lib/quietcore/journal' || path === '/run/quietcore/lock'),
  )
}

async function count(
  name: string,
  from: string,
  args: readonly string[],
): Promise<{ changes: string[]; looks: number }> {
  const machine = join(work, `${name}-count`)
  const file = join(work, `${name}.json`)
  cpSync(from, machine, { recursive: true })
  await run(machine, args, { QUIETCORE_KILL_COUNT: file })
  rmSync(machine, { recursive: true })
  return JSON.parse(readFileSync(file, 'utf8'))
}

interface Ended {
  code: number | null
  signal: string | null
  output: string
}

function run(machine: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const preload = Object.keys(env).length > 0 ? ['--import', PRELOAD] : []
  const child: ChildProcess = spawn(process.execPath, [...preload, program, ...args, '--root', machine], {
    env: { ...process.env, QUIETCORE_KILL_ROOT: machine, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  child.stderr?.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })))
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
    }),
  )
}
