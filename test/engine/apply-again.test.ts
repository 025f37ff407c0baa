import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Setting } from '../../src/core/plan/setting.ts'
import { apply } from '../../src/engine/apply.ts'
import type { Active } from '../../src/engine/journal/records.ts'
import { off } from '../../src/engine/off.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { openPorts } from '../../src/engine/open-ports.ts'
import { tune, untune } from '../../src/engine/tune.ts'
import type { Ports } from '../../src/host/ports.ts'
import { wantedAffinity } from '../../src/knobs/tasks-affinity.ts'
import { wantedPolicy } from '../../src/knobs/tasks-policy.ts'
import { makeHost } from '../support/host-machine.ts'
import { makeMachine } from '../support/made-machine.ts'
import type { MadeTask } from '../support/made-tasks.ts'
import { listTree } from '../support/tree.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const THREADS: MadeTask[] = [
  { tid: 1, comm: 'systemd' },
  { tid: 30, comm: 'rcub/0', kernel: true, policy: 'fifo', priority: 1 },
  { tid: 800, comm: 'sshd' },
  { tid: 900, comm: 'pinned', cpus: '3' },
]

function machine(): Ports {
  const dir = folder()
  makeMachine(dir, { cpus: 4, tasks: THREADS })
  return { ...openPorts(dir), log: { write: () => {} } }
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-again-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** All threads but those that a name leaves out. */
function isolate(away: string, home: string, ...not: string[]): Setting {
  const rule = { to: 'leave', away, home } as const
  const select = { by: 'sweep', only: ['.*'], not, notCgroups: [], elsewhere: [] }
  return setting('isolated', wantedAffinity({ rule }), { knob: 'tasks-affinity', select, rule })
}

function group(pattern: string, policy: 'fifo' | 'keep', priority: number): Setting {
  const knob = { knob: 'tasks-policy', select: { by: 'group', pattern, later: [] }, policy, priority }
  return setting(`group ${pattern}`, wantedPolicy({ policy, priority }), knob)
}

function setting(id: string, want: string, knob: Setting['knob']): Setting {
  return { id, section: 'test', target: id, want, effect: 'now', compare: 'text', knob }
}

function plan(...settings: Setting[]): Plan {
  return { profile: 'test', settings, warnings: [], cmdline: { running: '', wanted: '' } }
}

const ACTIVE: Active = { profile: 'test', overrides: {}, since: NOW.toISOString(), bootId: 'boot-1' }

function threads({ tasks }: Ports): Record<string, string> {
  return Object.fromEntries(
    tasks
      .all()
      .map(({ tid, comm, policy, priority }) => [comm, `${tasks.affinity(tid)} ${policy} ${priority}`]),
  )
}

/** The same machine, with what its threads were told. */
function listening(ports: Ports): { ports: Ports; told: string[] } {
  const told: string[] = []
  const setAffinity: Ports['tasks']['setAffinity'] = (changes) => {
    told.push(...changes.map(({ tid, cpus }) => `${tid} to ${cpus}`))
    return ports.tasks.setAffinity(changes)
  }
  return { ports: { ...ports, tasks: { ...ports.tasks, setAffinity } }, told }
}

function everyOther(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !/^\/(var|run)(\/|$)/.test(path)))
}

describe('a second apply', () => {
  it('with fewer isolated CPUs leads threads straight to where they belong now, and off knows where they were', async () => {
    const machineItself = machine()
    const before = threads(machineItself)
    await apply(plan(isolate('1-3', '0')), ACTIVE, machineItself)
    const { ports, told } = listening(machineItself)
    const applied = await apply(plan(isolate('2-3', '0-1')), ACTIVE, ports)
    expect(applied).toMatchObject({
      changed: [
        {
          id: 'isolated',
          target: 'isolated',
          from: 'no movable thread on 1-3',
          to: 'no movable thread on 2-3',
        },
      ],
      released: [],
      refused: [],
      settings: [{ have: 'no movable thread on 2-3', state: 'ok' }],
    })
    expect(told).toEqual(['1 to 0-1', '30 to 0-1', '800 to 0-1', '900 to 0-1'])
    expect(threads(ports)).toEqual({
      systemd: '0-1 other 0',
      'rcub/0': '0-1 fifo 1',
      sshd: '0-1 other 0',
      pinned: '0-1 other 0',
    })
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toEqual(before)
  })

  it('with more isolated CPUs does the same', async () => {
    const machineItself = machine()
    const before = threads(machineItself)
    await apply(plan(isolate('2-3', '0-1')), ACTIVE, machineItself)
    const { ports, told } = listening(machineItself)
    const { settings } = await apply(plan(isolate('1-3', '0')), ACTIVE, ports)
    expect(settings.map(({ state }) => state)).toEqual(['ok'])
    expect(told).toEqual(['1 to 0', '30 to 0', '800 to 0', '900 to 0'])
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toEqual(before)
  })

  it('with more housekeeping CPUs touches no thread that is well where it is', async () => {
    const machineItself = machine()
    const before = threads(machineItself)
    await apply(plan(isolate('2-3', '0')), ACTIVE, machineItself)
    const { ports, told } = listening(machineItself)
    const { released, settings } = await apply(plan(isolate('2-3', '0-1')), ACTIVE, ports)
    expect([released, settings.map(({ state }) => state)]).toEqual([[], ['ok']])
    expect(told).toEqual(['900 to 0-1'])
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toEqual(before)
  })

  it('gives back only the threads that no rule names any more', async () => {
    const ports = machine()
    const before = threads(ports)
    await apply(plan(isolate('1-3', '0')), ACTIVE, ports)
    const { released } = await apply(plan(isolate('2-3', '0-1', '^sshd')), ACTIVE, ports)
    expect(released).toEqual([{ id: 'isolated', target: 'isolated', outcome: 'restored' }])
    expect(threads(ports)).toMatchObject({ systemd: '0-1 other 0', sshd: '0-3 other 0' })
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toEqual(before)
  })

  it('lets a thread be that somebody else has put elsewhere since, and says so', async () => {
    const ports = machine()
    await apply(plan(isolate('1-3', '0')), ACTIVE, ports)
    await ports.tasks.setAffinity([{ tid: 800, cpus: CpuSet.parse('1') }])
    const { released } = await apply(plan(isolate('2-3', '0-1')), ACTIVE, ports)
    expect(released).toEqual([
      { id: 'isolated', target: 'isolated', outcome: 'foreign', detail: 'sshd (800) is on 1' },
    ])
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toMatchObject({ systemd: '0-3 other 0', sshd: '1 other 0' })
  })

  it('leaves a setting that is known to have drifted alone, but keeps its threads', async () => {
    const ports = machine()
    const before = threads(ports)
    await apply(plan(isolate('1-3', '0')), ACTIVE, ports)
    makeMachine(ports.root.dir, { cpus: 4, tasks: [{ tid: 1000, comm: 'stray', cpus: '3' }] })
    await apply(plan(isolate('2-3', '0-1')), ACTIVE, ports, new Set(['isolated']))
    expect(threads(ports)).toMatchObject({ systemd: '0-1 other 0', stray: '3 other 0' })
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toEqual({ ...before, stray: '3 other 0' })
  })

  it('leads policies over in the same way', async () => {
    const ports = machine()
    const before = threads(ports)
    await apply(plan(group('^\\[rcub', 'fifo', 4)), ACTIVE, ports)
    const { settings } = await apply(plan(group('^\\[rcub/0', 'keep', 7)), ACTIVE, ports)
    expect(settings.map(({ state }) => state)).toEqual(['ok'])
    expect(threads(ports)['rcub/0']).toBe('0-3 fifo 7')
    await off(ports, 'boot-1', NOW)
    expect(threads(ports)).toEqual(before)
  })

  it('that fails leaves the threads as the first one had them', async () => {
    const ports = machine()
    await apply(plan(isolate('1-3', '0'), group('^\\[rcub', 'fifo', 4)), ACTIVE, ports)
    ports.root.writeFile('/etc/blocked', 'a file where a folder should be\n')
    const tuned = listTree(ports.root.dir)
    const broken = setting('broken', 'x', { knob: 'disk-file', path: '/etc/blocked/file' })
    const next = plan(isolate('2-3', '0-1', '^sshd'), group('^\\[rcub/0', 'fifo', 7), broken)
    await expect(apply(next, ACTIVE, ports)).rejects.toMatchObject({ code: 'apply-failed' })
    expect(listTree(ports.root.dir)).toEqual(tuned)
  })

  it('writes what was as wanted only by an earlier setting that turned the same file in another way', async () => {
    const ports = machine()
    const path = '/sys/module/kvm/parameters/halt_poll_ns'
    ports.root.writeFile(path, '200000\n')
    const byModule = { knob: 'module-parameter', module: 'kvm', parameter: 'halt_poll_ns', compare: 'text' }
    await apply(plan(setting('one', '0', byModule)), ACTIVE, ports)
    const byFile = { knob: 'live-file', path, compare: 'text' }
    const { settings } = await apply(plan(setting('two', '0', byFile)), ACTIVE, ports)
    expect([settings[0]!.state, ports.root.readText(path)]).toEqual(['ok', '0\n'])
    await off(ports, 'boot-1', NOW)
    expect(ports.root.readText(path)).toBe('200000\n')
  })
})

describe('a whole machine', () => {
  it('is as wanted after each of several applies with other CPUs, and as before after off', async () => {
    const dir = makeHost(folder())
    const before = everyOther(listTree(dir))
    const log = { write: () => {} }
    for (const cpus of ['1-3', '2-3', '3', '2-3', '1-3']) {
      const choice = { name: 'realtime-virtual-host', overrides: { isolated_cores: cpus } }
      const { settings } = await tune(choice, openMachine(dir, log))
      expect(settings.filter(({ state }) => state === 'differs')).toEqual([])
    }
    await untune(openMachine(dir, log))
    expect(everyOther(listTree(dir))).toEqual(before)
  }, 60_000)
})
