import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toRunJson } from '../../../src/core/report/run-json.ts'
import { DEFAULT_SERVICE_CONFIG } from '../../../src/core/service/service-config.ts'
import { listMissed, recordMissed } from '../../../src/engine/runs/missed-runs.ts'
import { retainRuns } from '../../../src/engine/runs/retain-runs.ts'
import { passingRun } from '../../core/report/made-runs.ts'
import { machineDir } from '../../support/machine-dir.ts'

const RUNS = '/var/lib/quietcore/runs'
const NOW = new Date('2026-11-22T12:00:00Z')
const CONFIG = { ...DEFAULT_SERVICE_CONFIG, keepRuns: 1, keepDays: 30 }

function machine() {
  const made = machineDir()
  const ports = { ...made.ports, clock: { now: () => NOW, monotonicMs: () => 0 } }
  const keep = (name: string, result: 'pass' | 'fail' | 'damaged') => {
    const run = passingRun()
    const record = { ...run, id: name, verdict: { ...run.verdict, result } }
    made.write(
      `${RUNS}/${name}/run.json`,
      result === 'damaged' ? '{' : JSON.stringify(toRunJson(record as never)),
    )
  }
  return { ...made, keep, retain: () => retainRuns(CONFIG, ports), kept: () => ports.root.list(RUNS) }
}

test('runs go by count and age; the last pass of each suite stays to compare with, and what has a file keep', () => {
  const { keep, write, retain, kept } = machine()
  keep('20260101T000000Z-night', 'pass')
  keep('20260102T000000Z-night', 'pass')
  keep('20260103T000000Z-night', 'damaged')
  keep('20260104T000000Z-night', 'fail')
  keep('20260105T000000Z-night', 'fail')
  keep('20260106T000000Z-night', 'fail')
  write(`${RUNS}/20260105T000000Z-night/keep`, '')
  keep('20261101T000000Z-night', 'fail')
  keep('20261122T000000Z-night', 'fail')
  keep('20260101T000000Z-day', 'fail')
  retain()
  expect(kept()).toEqual([
    '20260101T000000Z-day',
    '20260102T000000Z-night',
    '20260105T000000Z-night',
    '20261101T000000Z-night',
    '20261122T000000Z-night',
  ])
})

test('without a configuration no run goes by count or age, and what a killed run left goes all the same', () => {
  const { ports, keep, write, kept } = machine()
  keep('20260101T000000Z-night', 'fail')
  keep('20260102T000000Z-night', 'fail')
  write(`${RUNS}/.partial-20260103T000000Z-night/a.stdout`, 'half')
  const told = { suite: 'night', outcome: 'skipped', code: 'locked', reason: 'made', next: null } as const
  for (const day of ['2026-01-01', '2026-01-02'])
    recordMissed(ports.root, { ...told, at: new Date(`${day}T00:00:00Z`), occupants: [] })
  retainRuns(null, ports)
  expect(kept()).toEqual(['20260101T000000Z-night', '20260102T000000Z-night'])
  expect(listMissed(ports.root).missed).toHaveLength(2)
})

test('missed runs go by the same rule', () => {
  const { ports, retain } = machine()
  for (const day of ['2026-01-01', '2026-01-02', '2026-11-20', '2026-11-21']) {
    const told = { suite: 'night', outcome: 'skipped', code: 'locked', reason: 'made', next: null } as const
    recordMissed(ports.root, { ...told, at: new Date(`${day}T00:00:00Z`), occupants: [] })
  }
  retain()
  expect(listMissed(ports.root).missed.map(({ id }) => id)).toEqual([
    '20261120T000000Z-night',
    '20261121T000000Z-night',
  ])
})

const BEGUN = ['.partial-20261120T000000Z-long', '.partial-20261122T000000Z-night']

test('what a killed run left goes after a day, but nothing while another process measures', () => {
  const { write, retain, kept } = machine()
  for (const name of BEGUN) write(`${RUNS}/${name}/a.stdout`, 'half')
  // Process 1 of this machine stands for one that measures.
  const [, after] = readFileSync('/proc/1/stat', 'utf8').split(') ')
  const holder = { pid: 1, startTicks: after!.split(' ')[19], command: 'validate', since: '' }
  write('/run/quietcore/lock', JSON.stringify(holder))
  retain()
  expect(kept()).toEqual(BEGUN)
  write('/run/quietcore/lock', JSON.stringify({ ...holder, startTicks: 'of a process that has ended' }))
  retain()
  expect(kept()).toEqual(BEGUN.slice(1))
})

test('a run that is no run of ours is left alone', () => {
  const { write, retain, kept } = machine()
  write(`${RUNS}/README`, 'ours')
  write(`${RUNS}/20200101T000000Z-night/notes`, 'no run.json')
  retain()
  expect(kept()).toEqual(['20200101T000000Z-night', 'README'])
})

test('a run that was whole when quietcore was killed gets its name', () => {
  const { write, retain, kept } = machine()
  write(`${RUNS}/.partial-20261120T000000Z-night/a.stdout`, 'all of it')
  write(`${RUNS}/.partial-20261120T000000Z-night/run.json`, '{}')
  retain()
  expect(kept()).toEqual(['20261120T000000Z-night'])
})
