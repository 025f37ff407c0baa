import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Setting } from '../../src/core/plan/setting.ts'
import { apply, applyFor } from '../../src/engine/apply.ts'
import { JOURNAL, Journal } from '../../src/engine/journal/journal.ts'
import type { Active } from '../../src/engine/journal/records.ts'
import { off } from '../../src/engine/off.ts'
import { recover } from '../../src/engine/recover.ts'
import { machineDir } from '../support/machine-dir.ts'
import { listTree } from '../support/tree.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const SWAPPINESS = '/proc/sys/vm/swappiness'
const THP = '/sys/kernel/mm/transparent_hugepage/enabled'
const DROP_IN = '/etc/modprobe.d/quietcore.conf'
const FILES = { [SWAPPINESS]: '60\n', [THP]: 'always [madvise] never\n', '/etc/hostname': 'made\n' }

function live(path: string, want: string, more: Partial<Setting> = {}): Setting {
  return {
    id: path,
    section: 'test',
    target: path,
    want,
    effect: 'now',
    knob: { knob: 'live-file', path, compare: 'bracketed' },
    compare: 'bracketed',
    ...more,
  }
}

function dropIn(want: string): Setting {
  const knob = { knob: 'disk-file', path: DROP_IN }
  return { id: DROP_IN, section: 'test', target: DROP_IN, want, effect: 'reboot', knob, compare: 'bytes' }
}

function plan(profile: string, ...settings: Setting[]): Plan {
  return { profile, settings, warnings: [], cmdline: { running: '', wanted: '' } }
}

function active(profile: string, bootId = 'boot-1'): Active {
  return { profile, overrides: {}, since: NOW.toISOString(), bootId }
}

const ONE = plan('one', live(SWAPPINESS, '10'), live(THP, 'never'), dropIn('options kvm halt_poll_ns=0\n'))

describe('apply', () => {
  it('makes the machine as the plan wants it and off gives every byte back', async () => {
    const { dir, ports, read } = machineDir(FILES)
    const before = listTree(dir)
    const applied = await apply(ONE, active('one'), ports)
    expect(applied.changed).toEqual([
      { id: SWAPPINESS, target: SWAPPINESS, from: '60', to: '10' },
      { id: THP, target: THP, from: 'always [madvise] never', to: 'never' },
      { id: DROP_IN, target: DROP_IN, from: '', to: 'options kvm halt_poll_ns=0\n' },
    ])
    expect(applied.settings.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
    expect([read(SWAPPINESS), read(THP), read(DROP_IN)]).toEqual([
      '10\n',
      'never\n',
      'options kvm halt_poll_ns=0\n',
    ])
    expect(await off(ports, 'boot-1', NOW)).toEqual({
      profile: 'one',
      undone: [
        { id: DROP_IN, target: DROP_IN, outcome: 'restored' },
        { id: THP, target: THP, outcome: 'restored' },
        { id: SWAPPINESS, target: SWAPPINESS, outcome: 'restored' },
      ],
    })
    expect(without(listTree(dir), '/var')).toEqual(before)
  })

  it('changes nothing when everything is as wanted, not even the journal', async () => {
    const { dir, ports } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    const tuned = listTree(dir)
    const again = await apply(ONE, { ...active('one'), since: '2026-11-23T00:00:00Z' }, ports)
    expect(again).toMatchObject({ changed: [], released: [], refused: [] })
    expect(listTree(dir)).toEqual(tuned)
  })

  it('undoes all changes in reverse when a step fails, and says so', async () => {
    const { dir, ports } = machineDir({ ...FILES, '/etc/modprobe.d': 'a file where a folder should be\n' })
    const before = listTree(dir)
    await expect(apply(ONE, active('one'), ports)).rejects.toMatchObject({
      exitCode: 3,
      code: 'apply-failed',
      next: 'The 2 changes made so far were undone; the machine is as before.',
    })
    expect(without(listTree(dir), '/var')).toEqual(before)
    expect(new Journal(ports.root).read()).toEqual({
      settled: { active: null, held: [], refusals: [] },
      open: undefined,
    })
  })

  it('leaves alone at off what somebody else changed since, and reports it', async () => {
    const { ports, read, write } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    write(SWAPPINESS, '33\n')
    const { undone } = await off(ports, 'boot-1', NOW)
    expect(undone.at(-1)).toEqual({ id: SWAPPINESS, target: SWAPPINESS, outcome: 'foreign', detail: '33' })
    expect([read(SWAPPINESS), read(THP)]).toEqual(['33\n', 'always [madvise] never\n'])
  })

  it('gives back what the next profile does not want, and still knows the first original', async () => {
    const { ports, read } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    const { changed, released } = await apply(plan('two', live(SWAPPINESS, '1')), active('two'), ports)
    expect(changed).toEqual([{ id: SWAPPINESS, target: SWAPPINESS, from: '10', to: '1' }])
    expect(released.map(({ target, outcome }) => [target, outcome])).toEqual([
      [DROP_IN, 'restored'],
      [THP, 'restored'],
    ])
    expect(read(THP)).toBe('always [madvise] never\n')
    await off(ports, 'boot-1', NOW)
    expect(read(SWAPPINESS)).toBe('60\n')
  })

  it('forgets live values of an earlier boot, but puts files back', async () => {
    const { ports, read, write } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    write(SWAPPINESS, '77\n')
    write(THP, '[always] madvise never\n')
    const { undone } = await off(ports, 'boot-2', NOW)
    expect(undone.map(({ outcome }) => outcome)).toEqual(['restored', 'forgotten', 'forgotten'])
    expect([read(SWAPPINESS), read(THP)]).toEqual(['77\n', '[always] madvise never\n'])
    expect(ports.root.exists(DROP_IN)).toBe(false)
  })

  it('after a reboot takes the new boot’s values as the ones to give back', async () => {
    const { ports, read, write } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    write(SWAPPINESS, '77\n')
    await apply(ONE, active('one', 'boot-2'), ports)
    expect(read(SWAPPINESS)).toBe('10\n')
    await off(ports, 'boot-2', NOW)
    expect(read(SWAPPINESS)).toBe('77\n')
  })
})

describe('recover', () => {
  it('undoes an apply whose last record is a change without its done', async () => {
    const { dir, ports, write } = machineDir(FILES)
    const before = listTree(dir)
    const journal = new Journal(ports.root)
    journal.begin(
      { active: null, held: [], refusals: [] },
      { type: 'begin', operation: 'apply', profile: 'one', bootId: 'boot-1', time: NOW.toISOString() },
    )
    journal.add({
      type: 'change',
      id: SWAPPINESS,
      section: 'test',
      target: SWAPPINESS,
      lifetime: 'boot',
      bootId: 'boot-1',
      before: '60\n',
      release: false,
      ref: { knob: 'live-file', path: SWAPPINESS, compare: 'number' },
    })
    write(SWAPPINESS, '1')
    expect(await recover(ports, 'boot-1')).toEqual({
      operation: 'apply',
      profile: 'one',
      undone: [{ id: SWAPPINESS, target: SWAPPINESS, outcome: 'restored' }],
    })
    expect(without(listTree(dir), '/var')).toEqual(before)
    expect(await recover(ports, 'boot-1')).toBeUndefined()
  })

  it('says which line of the journal is damaged and changes nothing', async () => {
    const { dir, ports, read, write } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    write(JOURNAL, `${read(JOURNAL).replace('boot-1', 'boot-7')}0123456789abcdef {}\n`)
    const tuned = listTree(dir)
    await expect(recover(ports, 'boot-1')).rejects.toMatchObject({
      exitCode: 3,
      code: 'journal-damaged',
      place: { file: JOURNAL, line: 1 },
    })
    expect(listTree(dir)).toEqual(tuned)
  })

  it.each([
    ['0 bytes', () => '', 'the journal is damaged: it is empty'],
    [
      'half of its first line',
      (whole: string) => whole.slice(0, whole.length / 2),
      'the journal is damaged: its first line is not whole',
    ],
  ])('does not take a journal of %s for a machine that was never touched', async (_, damage, message) => {
    const { dir, ports, read, write } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    write(JOURNAL, damage(read(JOURNAL)))
    const tuned = listTree(dir)
    const refusal = { exitCode: 3, code: 'journal-damaged', message, place: { file: JOURNAL, line: 1 } }
    await expect(recover(ports, 'boot-1')).rejects.toMatchObject(refusal)
    await expect(off(ports, 'boot-1', NOW)).rejects.toMatchObject(refusal)
    await expect(apply(ONE, active('one'), ports)).rejects.toMatchObject(refusal)
    expect(listTree(dir)).toEqual(tuned)
  })

  it('does not count a last line that a crash tore', async () => {
    const { ports, read, write } = machineDir(FILES)
    await apply(ONE, active('one'), ports)
    const whole = new Journal(ports.root).read()
    write(JOURNAL, `${read(JOURNAL)}0123456789abcdef {"type":"beg`)
    expect(new Journal(ports.root).read()).toEqual(whole)
  })
})

function without(tree: Record<string, string>, folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).filter(([path]) => path !== folder && !path.startsWith(`${folder}/`)),
  )
}

describe('settings of another scope', () => {
  const CONF = '/etc/nova/nova.conf'
  const setting: Setting = {
    id: CONF,
    section: 'nova',
    target: CONF,
    want: '[compute] cpu_dedicated_set = 2-3\n',
    effect: 'now',
    knob: { knob: 'nova-conf', path: CONF },
    compare: 'bytes',
    write: [{ section: 'compute', key: 'cpu_dedicated_set', values: ['2-3'] }],
  }
  const purpose = (of: Active | null) => ({
    scope: 'nova-conf' as const,
    active: of,
    bootId: 'boot-1',
    time: NOW.toISOString(),
  })

  it('are neither released by a profile nor release one, and off gives both back', async () => {
    const { dir, ports, read } = machineDir({ ...FILES, [CONF]: '[compute]\n# none\n' })
    const before = listTree(dir)
    await applyFor(purpose(null), plan('nova.conf', setting), ports)
    expect(new Journal(ports.root).read().settled.active).toBe(null)
    const tuned = await apply(ONE, active('one'), ports)
    expect(tuned.released).toEqual([])
    expect(read(CONF)).toBe('[compute]\ncpu_dedicated_set = 2-3\n# none\n')
    const again = await applyFor(purpose(active('one')), plan('nova.conf', setting), ports)
    expect([again.changed, again.released]).toEqual([[], []])
    expect(read(SWAPPINESS)).toBe('10\n')
    expect((await off(ports, 'boot-1', NOW)).undone.map(({ outcome }) => outcome)).toEqual(
      Array(4).fill('restored'),
    )
    expect(listTree(dir)).toEqual(before)
  })

  it('are undone by off when no profile was ever applied', async () => {
    const { dir, ports } = machineDir({ [CONF]: '[compute]' })
    const before = listTree(dir)
    await applyFor(purpose(null), plan('nova.conf', setting), ports)
    expect(await off(ports, 'boot-1', NOW)).toEqual({
      profile: null,
      undone: [{ id: CONF, target: CONF, outcome: 'restored' }],
    })
    expect(listTree(dir)).toEqual(before)
  })
})
