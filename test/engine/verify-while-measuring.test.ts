import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { LOCK } from '../../src/engine/lock.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { planFor } from '../../src/engine/plan-for.ts'
import { thisProcess } from '../../src/engine/take-place.ts'
import { tune } from '../../src/engine/tune.ts'
import { makeMachine } from '../support/made-machine.ts'
import type { MadeTask } from '../support/made-tasks.ts'

const CHOICE = { name: 'aside', overrides: {} }
const PROFILE = `[scheduler]
isolated_cores=2-3
group.measuring=0:f:1:*:cyclictest
`
const SERVICES: MadeTask[] = [
  { tid: 1, comm: 'systemd', cmdline: '/sbin/init' },
  { tid: 812, parent: 1, comm: 'sshd' },
]
const CYCLICTEST = 'cyclictest -p95 -a2,3'
/** As `quietcore validate` starts them: by a helper, the tool, and its threads that measure. */
const TOOLS: MadeTask[] = [
  { tid: 7000, parent: process.pid, comm: 'setpriv', cpus: '0-1' },
  { tid: 7001, parent: 7000, comm: 'cyclictest', cmdline: CYCLICTEST, cpus: '0-1' },
  { tid: 7002, pid: 7001, parent: 7000, comm: 'cyclictest', cpus: '2', policy: 'fifo', priority: 95 },
  { tid: 7003, pid: 7001, parent: 7000, comm: 'cyclictest', cpus: '3', policy: 'fifo', priority: 95 },
]
const OWN: MadeTask = { tid: process.pid, parent: 1, comm: 'node', cpus: '0-1' }

/** Tuned, and then these threads came; the lock is held by this process, as `command`. */
async function tunedMachine(command: string, came: readonly MadeTask[]): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-measuring-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const files = { '/etc/quietcore/profiles/aside/profile.conf': PROFILE }
  makeMachine(dir, { cpus: 4, tasks: SERVICES, files })
  const machine = openMachine(dir, { write: () => {} })
  await tune(CHOICE, machine)
  const there = SERVICES.map((task) => ({ ...task, cpus: '0-1' }))
  makeMachine(dir, { cpus: 4, tasks: [...there, OWN, ...came] })
  machine.ports.root.writeFile(LOCK, JSON.stringify({ ...thisProcess(), command, since: 'today' }))
  return dir
}

async function states(dir: string): Promise<Record<string, string>> {
  const { settings } = await planFor(CHOICE, openMachine(dir, { write: () => {} }))
  return Object.fromEntries(
    settings
      .filter(({ setting }) => setting.knob.knob.startsWith('tasks-'))
      .map(({ setting, have, state }) => [setting.id, `${state}: ${have}`]),
  )
}

const SWEPT = 'scheduler:isolated_cores'
const POLICY = 'scheduler:group.measuring'

it('the threads of the tools that quietcore measures with are no drift', async () => {
  expect(await states(await tunedMachine('validate', TOOLS))).toEqual({
    [SWEPT]: 'ok: no movable thread on 2-3',
    [POLICY]: 'unsupported: null',
  })
})

it('a thread of somebody else there is, while quietcore measures, too', async () => {
  const foreign = { tid: 7100, parent: 1, comm: 'stray', cpus: '2' }
  expect(await states(await tunedMachine('validate', [...TOOLS, foreign]))).toEqual({
    [SWEPT]: 'differs: 1 of 4 threads may run on 2-3: stray (7100)',
    [POLICY]: 'unsupported: null',
  })
})

it('the same tools, started by a quietcore that does not measure, are', async () => {
  expect(await states(await tunedMachine('apply', TOOLS))).toEqual({
    [SWEPT]: 'differs: 2 of 7 threads may run on 2-3: cyclictest (7002), cyclictest (7003)',
    [POLICY]: 'differs: 0 of 3: cyclictest (7001) is other',
  })
})
