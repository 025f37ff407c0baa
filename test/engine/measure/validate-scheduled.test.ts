import { setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { descendantsOf } from '../../../src/core/descendants.ts'
import { parseSuite } from '../../../src/core/suite/parse-suite.ts'
import { withLock } from '../../../src/engine/lock.ts'
import { validateScheduled } from '../../../src/engine/measure/validate-scheduled.ts'
import { openMachine } from '../../../src/engine/open-machine.ts'
import { listMissed } from '../../../src/engine/runs/missed-runs.ts'
import type { Root } from '../../../src/host/ports.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'
import type { Machine } from '../../../src/settings/kind.ts'
import { SLEEP, untilAsleep } from '../../support/sleepers.ts'
import { thisMachineWithStateElsewhere } from '../../support/state-elsewhere.ts'

const NOW = new Date('2026-11-22T02:00:00.000Z')
const ID = '20261122T020000Z-night'
const runner = openRunner(openRoot('/'))
const missing = ['cyclictest', 'chrt', 'taskset'].filter((name) => !runner.find(name))
const whyNot =
  process.geteuid?.() !== 0 ? 'needs root' : missing.length > 0 ? `needs ${missing.join(', ')}` : undefined
const CPU = openMachine('/').facts.cpu.online.cpus.at(-1)!
const STEP = '[step a]\ntool = cyclictest\nduration = 1s\n'

function made(text = `[suite]\ncpus = ${CPU}\n${STEP}`) {
  const { machine, state } = thisMachineWithStateElsewhere()
  const clock = { ...machine.ports.clock, now: () => NOW }
  const here: Machine = { ...machine, ports: { ...machine.ports, clock } }
  const run = (on: Machine = here) =>
    validateScheduled('night', () => parseSuite('/etc/quietcore/suites.d/night.conf', text), on, {
      pin: 'affinity',
      self: process.pid,
      quietcoreVersion: '0.0.0',
      lookEveryMs: 300,
    })
  return { here, state, run, missed: () => listMissed(state.ports.root).missed }
}

/** A task with a real-time priority that lives on the CPU while `work` is done. */
async function besideRealtimeTask<T>(work: () => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const argv = ['chrt', '-f', '1', 'taskset', '-c', `${CPU}`, ...SLEEP]
  const living = runner.run(argv, { signal: controller.signal })
  try {
    await untilAsleep(1)
    return await work()
  } finally {
    controller.abort()
    await living
  }
}

/** The machine with this process, what it starts, and `sleep` of others: whatever else happens on it has no part. */
function alone(machine: Machine): Machine {
  const { tasks } = machine.ports
  const all = () => {
    const found = tasks.all().filter(({ kernel }) => !kernel)
    const own = descendantsOf(found, process.pid)
    return found.filter(({ pid, comm }) => own.has(pid) || pid === process.pid || comm === 'sleep')
  }
  return { ...machine, ports: { ...machine.ports, tasks: { ...tasks, all } } }
}

/** Starts such a task as somebody else would: it is no child of this process. Answers its number. */
async function startStranger(): Promise<number> {
  const script = `chrt -f 1 taskset -c ${CPU} sleep 120 >/dev/null 2>&1 & echo $!`
  const { stdout } = await runner.run(['setsid', 'sh', '-c', script])
  const pid = Number(stdout)
  onTestFinished(() => void process.kill(pid))
  return pid
}

describe.skipIf(whyNot)(`a scheduled run on this machine${whyNot ? ` (${whyNot})` : ''}`, () => {
  test('on occupied CPUs is skipped, and the record says who lives there', async () => {
    const { run, missed, state } = made()
    const done = await besideRealtimeTask(run)
    const [one] = missed()
    expect(done).toEqual({ missed: one })
    const sleeper = one!.occupants.find(({ comm }) => comm === 'sleep')!
    expect({ ...one, reason: '', occupants: [] }).toEqual({
      schemaVersion: 1,
      id: ID,
      suite: 'night',
      at: NOW.toISOString(),
      outcome: 'skipped',
      code: 'cpus-occupied',
      reason: '',
      next: 'It is tried again at its next slot; `only-when-idle = no` measures beside them.',
      occupants: [],
    })
    expect(sleeper).toEqual({
      kind: 'real-time',
      pid: sleeper.pid,
      tid: sleeper.pid,
      comm: 'sleep',
      cpus: `${CPU}`,
      what: 'SCHED_FIFO priority 1',
    })
    expect(one!.reason).toContain(`'sleep' (pid ${sleeper.pid}, thread ${sleeper.pid}, CPU ${CPU})`)
    expect(state.ports.root.list('/var/lib/quietcore/runs')).toEqual([])
  })

  test('is ended when somebody comes to its CPUs; what was measured is kept, undecided, and says who came', async () => {
    const { here, run } = made(`[suite]\ncpus = ${CPU}\n${STEP.replace('1s', '60s')}`)
    const on = alone(here)
    const running = run(on)
    while (!on.ports.tasks.all().some(({ policy }) => policy === 'fifo')) await setTimeout(100)
    const pid = await startStranger()
    const done = await running
    if (!('measured' in done)) throw new Error(done.missed.reason)
    const { verdict, measurements, durationS } = done.measured.record
    expect(durationS).toBeLessThan(50)
    expect(measurements[0]!.all!.samples).toBeGreaterThan(100)
    expect(verdict.result).toBe('undecided')
    expect(verdict.reasons).toContain(
      `The run was disturbed: it was ended, because somebody came to its CPUs: 'sleep' (pid ${pid}, thread ${pid}, CPU ${CPU}): SCHED_FIFO priority 1.`,
    )
  }, 90_000)

  test('with nobody else on its CPUs is not ended for its own tool, which has a real-time priority there', async () => {
    const { here, run } = made(`[suite]\ncpus = ${CPU}\n${STEP.replace('1s', '6s')}`)
    const done = await run(alone(here))
    if (!('measured' in done)) throw new Error(done.missed.reason)
    const { context, measurements } = done.measured.record
    expect(context!.disturbances.filter(({ code }) => code === 'became-occupied')).toEqual([])
    expect(measurements[0]!.findings.filter(({ code }) => code === 'interrupted')).toEqual([])
  }, 90_000)

  test('with only-when-idle = no measures beside them, and its record says whom', async () => {
    const { run, missed } = made(`[suite]\ncpus = ${CPU}\nonly-when-idle = no\n${STEP}`)
    const done = await besideRealtimeTask(run)
    if (!('measured' in done)) throw new Error('not measured')
    const found = done.measured.record.context!.disturbances.find(({ code }) => code === 'occupied')
    expect(found?.message).toMatch(/^measured beside .*sleep \(pid \d+, CPU \d+\)/)
    expect(done.measured.record.measurements[0]!.all!.samples).toBeGreaterThan(100)
    expect(missed()).toEqual([])
  })

  test('while another quietcore works is skipped, and the record says which', async () => {
    const { here, run, missed } = made()
    await withLock(here.ports.root, 'apply', NOW, run)
    expect(missed()).toEqual([
      {
        schemaVersion: 1,
        id: ID,
        suite: 'night',
        at: NOW.toISOString(),
        outcome: 'skipped',
        code: 'locked',
        reason: `process ${process.pid} (quietcore apply, since ${NOW.toISOString()}) is changing this machine`,
        next: 'It is tried again at its next slot; suites of one slot need times of their own, or randomized-delay.',
        occupants: [],
      },
    ])
  })

  test('whose tool has vanished is an error, and recorded as failed', async () => {
    const { here, run, missed, state } = made()
    const without = {
      ...runner,
      find: (name: string) => (name === 'cyclictest' ? undefined : runner.find(name)),
    }
    const machine: Machine = { ...here, ports: { ...here.ports, runner: without } }
    await expect(run(machine)).rejects.toMatchObject({ exitCode: 3, code: 'no-such-program' })
    await expect(run(machine)).rejects.toMatchObject({ code: 'no-such-program' })
    expect(missed().map(({ id, outcome, reason, next }) => [id, outcome, reason, next])).toEqual(
      [ID, `${ID}-2`].map((id) => [
        id,
        'failed',
        "cyclictest cannot run: the program 'cyclictest' is not installed",
        "Install it: 'apt install rt-tests' (Debian, Ubuntu) or 'dnf install realtime-tests' (RHEL, Fedora).",
      ]),
    )
    expect(state.ports.root.list('/var/lib/quietcore/runs')).toEqual([])
  })

  test('of a broken suite is an error with its line, and recorded as failed', async () => {
    const { run, missed } = made('[suite]\nload = heavy\n')
    await expect(run()).rejects.toMatchObject({ exitCode: 2, code: 'bad-suite' })
    expect(missed().map(({ outcome, code, reason }) => [outcome, code, reason])).toEqual([
      [
        'failed',
        'bad-suite',
        '/etc/quietcore/suites.d/night.conf:2: load = heavy: is none of none, stress-ng, fork-signal',
      ],
    ])
  })

  test('that quietcore itself cannot judge keeps what the tools printed', async () => {
    const { here, run, missed, state } = made(`[suite]\ncpus = ${CPU}\nonly-when-idle = no\n${STEP}`)
    const said: string[] = []
    const log = { write: (level: string, message: string) => said.push(`${level}: ${message}`) }
    // Only the record's own facts read this file, when the tools have ended.
    const root = new Proxy(here.ports.root, {
      get: (target, key: keyof Root) =>
        key !== 'readTextIfThere'
          ? target[key]
          : (path: string) => {
              if (path.endsWith('/cpuidle/current_driver')) throw new TypeError('a fault')
              return target.readTextIfThere(path)
            },
    })
    const broken: Machine = { ...here, ports: { ...here.ports, root, log } }
    await expect(run(broken)).rejects.toThrow('a fault')
    const folder = `/var/lib/quietcore/runs/${ID}`
    expect(said).toEqual([`error: the run could not be judged; what the tools printed is kept in ${folder}`])
    expect(state.read(`${folder}/a.stdout`)).toContain('# Max Latencies:')
    expect(missed().map(({ outcome, code, reason }) => [outcome, code, reason])).toEqual([
      ['failed', 'internal', 'a fault'],
    ])
  })

  test('that cannot even be recorded keeps its own error and says so in the log', async () => {
    const { here, run, state } = made('[suite]\nload = heavy\n')
    state.write('/var/lib/quietcore/missed', 'a file where the folder should be')
    const said: string[] = []
    const log = { write: (level: string, message: string) => said.push(`${level}: ${message}`) }
    await expect(run({ ...here, ports: { ...here.ports, log } })).rejects.toMatchObject({ code: 'bad-suite' })
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^error: why 'night' did not run could not be recorded: .*ENOTDIR/)
  })
})
