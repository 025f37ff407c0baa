import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Tuning } from '../../src/daemon/duties/tuning.ts'
import { readJournal } from '../../src/engine/active.ts'
import { Journal } from '../../src/engine/journal/journal.ts'
import { openPorts } from '../../src/engine/open-ports.ts'
import { type ServiceMachine, serviceMachine } from '../support/daemon.ts'

const SWAPPINESS = '/proc/sys/vm/swappiness'
const HALT_POLL = '/sys/module/kvm/parameters/halt_poll_ns'
const STAT_INTERVAL = '/proc/sys/vm/stat_interval'

/** The tuning of a made machine, and what it logs. */
function tuningOf(machine: ServiceMachine) {
  const lines: unknown[] = []
  const write = (level: string, message: string, fields?: object) =>
    void (level === 'debug' || lines.push([level, message, ...(fields ? [fields] : [])]))
  const tuning = new Tuning(machine.dir, process.pid, { write })
  const apply = (name: string) =>
    tuning.apply({ choice: { name, overrides: {} }, asApplied: false, leaveDrift: false, whole: false })
  return { tuning, apply, said: () => lines.splice(0) }
}

it('each value that is set, given back to another profile and given back by off is a line with both values', async () => {
  const { tuning, apply, said } = tuningOf(serviceMachine())
  await apply('quiet')
  expect(said()).toEqual([
    ['info', `${SWAPPINESS} is set`, { from: '60', to: '10' }],
    ['info', `${STAT_INTERVAL} is set`, { from: '1', to: '10' }],
    ['info', 'quiet: applied, 2 settings changed'],
  ])
  await apply('calm')
  expect(said()).toEqual([
    ['info', `${SWAPPINESS} is set`, { from: '10', to: '20' }],
    ['info', `${STAT_INTERVAL} is given back`, { from: '10', to: '1' }],
    ['info', 'calm: applied, 2 settings changed'],
  ])
  await tuning.off()
  expect(said()).toEqual([
    ['info', `${SWAPPINESS} is given back`, { from: '20', to: '60' }],
    ['info', 'calm is off'],
  ])
})

it('what somebody else changed has the value that was found and left', async () => {
  const machine = serviceMachine()
  const { tuning, apply, said } = tuningOf(machine)
  await apply('calm')
  machine.write(SWAPPINESS, '33\n')
  said()
  await tuning.off()
  expect(said()).toEqual([
    ['warn', `${SWAPPINESS} is not given back`, { outcome: 'foreign', detail: '33' }],
    ['info', 'calm is off'],
  ])
})

it('an apply that fails says what it had set and given back, and how each of it was undone', async () => {
  const machine = serviceMachine()
  rmSync(join(machine.dir, 'etc/modprobe.d'), { recursive: true, force: true })
  machine.write('/etc/modprobe.d', 'a file where a folder should be\n')
  machine.write(
    '/etc/quietcore/profiles/fails/profile.conf',
    '[sysctl]\nvm.swappiness=20\n[modules]\nkvm=halt_poll_ns=0\n',
  )
  const { apply, said } = tuningOf(machine)
  await apply('quiet')
  said()
  expect(await apply('fails')).toMatchObject({ refused: { error: { code: 'apply-failed' } } })
  expect(said()).toEqual([
    ['info', `${STAT_INTERVAL} is given back`, { from: '10', to: '1' }],
    ['info', `${SWAPPINESS} is set`, { from: '10', to: '20' }],
    ['info', `${HALT_POLL} is set`, { from: '200000', to: '0' }],
    ['info', '/etc/modprobe.d/quietcore-modules.conf is not given back', { outcome: 'unchanged' }],
    ['info', `${HALT_POLL} is given back`, { from: '0', to: '200000' }],
    ['info', `${SWAPPINESS} is given back`, { from: '20', to: '10' }],
    ['info', `${STAT_INTERVAL} is given back`, { from: '1', to: '10' }],
  ])
})

it('what a crash left half-way is settled with both values', async () => {
  const machine = serviceMachine()
  const { tuning, apply, said } = tuningOf(machine)
  await apply('calm')
  said()
  const { root } = openPorts(machine.dir)
  const begin = { type: 'begin', operation: 'off', profile: 'calm', bootId: '', time: '' } as const
  new Journal(root).begin(readJournal({ root }).settled, begin)
  await tuning.recover()
  expect(said()).toEqual([
    ['info', `${SWAPPINESS} is given back`, { from: '20', to: '60' }],
    ['warn', 'an interrupted off of calm was completed'],
  ])
})
