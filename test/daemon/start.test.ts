import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { MachineError } from '../../src/core/errors.ts'
import { Keeper } from '../../src/daemon/keeper.ts'
import { NOTHING_READ } from '../../src/daemon/profile-read.ts'
import { startServing } from '../../src/daemon/start.ts'
import type { Tuner } from '../../src/daemon/tuner.ts'
import type { Tuned } from '../../src/engine/tune.ts'
import { processStartTicks } from '../../src/host/process-start.ts'
import { machineDir } from '../support/machine-dir.ts'
import { madeParts } from '../support/made-parts.ts'

const ACTIVE = { profile: 'quiet', overrides: {}, since: '2026-11-22T12:00:00Z', bootId: 'this boot' }
const LOCKED = { code: 'locked', message: 'process 1 is changing this machine' }
const KILLED = { code: 'work-ended-early', message: 'the process that was to do it ended' }

/** On a machine that is tuned; an apply answers `error`. */
function tunedMachine(error: { code: string; message: string }): Partial<Tuner> {
  return {
    active: () => ACTIVE,
    isInForce: () => true,
    isSettled: () => true,
    recover: async () => {},
    apply: async () => {
      throw new MachineError(error)
    },
    verify: async () => ({
      verified: {
        profile: 'quiet',
        at: '2026-11-22T12:00:00Z',
        bootId: 'this boot',
        state: 'ok',
        counts: { ok: 1, differs: 0, 'pending-reboot': 0, unsupported: 0, unreadable: 0 },
        drifted: [],
      },
      read: null,
    }),
  }
}

it.each([
  ['the lock', LOCKED],
  ['a better time', KILLED],
])(
  'an apply that waited for %s and has its turn when the service stops is refused silently',
  async (_, error) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const parts = madeParts(machineDir().ports, tunedMachine(error))
    await startServing(new Keeper(parts), parts)
    let end = () => {}
    const underWay = parts.queue.add(
      'verify',
      () =>
        new Promise<void>((resolve) => {
          end = resolve
        }),
    )
    await setImmediate()
    parts.parked.tick()
    const closed = parts.queue.close()
    await setImmediate()
    end()
    await Promise.all([underWay, closed])
    await setImmediate()
    expect(unhandled).toEqual([])
  },
)

it('while another quietcore has a machine with a change that is half done, it waits, and a stop ends that', async () => {
  const { ports, write } = machineDir()
  const holder = {
    pid: process.pid,
    startTicks: processStartTicks(process.pid),
    command: 'apply',
    since: 'today',
  }
  write('/run/quietcore/lock', JSON.stringify(holder))
  const parts = madeParts(ports, { ...tunedMachine(LOCKED), isSettled: () => false })
  const started = startServing(new Keeper(parts), parts)
  started.catch(() => {})
  await setImmediate()
  expect(parts.board.problems.list().map(({ code }) => code)).toEqual(['locked'])
  parts.parked.close()
  await expect(started).rejects.toThrow(LOCKED.message)
})

it('the machine is tuned before timers are brought about', async () => {
  const done: string[] = []
  const tuner: Partial<Tuner> = {
    ...tunedMachine(LOCKED),
    recover: async () => void done.push('recover'),
    apply: async () => {
      done.push('apply')
      return { tuned: {} as Tuned, read: NOTHING_READ, verified: null, verifyError: null }
    },
  }
  const configured = async () => void done.push('timers')
  const parts = madeParts(machineDir().ports, tuner, { configured })
  await startServing(new Keeper(parts), parts)
  expect(done).toEqual(['recover', 'apply', 'timers'])
})
