import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listRuns } from '../../../src/engine/runs/list-runs.ts'
import { expiredRuns, removeRuns } from '../../../src/engine/runs/retention.ts'
import { parseRunName, runName } from '../../../src/engine/runs/run-name.ts'
import { claimRun, type RunFiles, writeRun } from '../../../src/engine/runs/write-run.ts'
import type { Root } from '../../../src/host/ports.ts'
import { openRoot } from '../../../src/host/root.ts'

const RUNS = 'var/lib/quietcore/runs'
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-runs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(root: Root, name: string, files: RunFiles) {
  return writeRun(root, claimRun(root, name), files)
}

test('a run is named by its time and suite, and the name is read back', () => {
  const name = runName(new Date('2026-11-22T20:43:47.123Z'), 'night-run')
  expect(name).toBe('20261122T204347Z-night-run')
  expect(parseRunName(name)).toEqual({
    name,
    suite: 'night-run',
    startedAt: new Date('2026-11-22T20:43:47Z'),
  })
  expect(parseRunName('lost+found')).toBe(undefined)
})

test('a run is written whole, and a second one of the same second gets its own folder', () => {
  const root = openRoot(dir)
  const files = { 'run.json': '{}\n', 'a.stdout': '# Histogram\n' }
  expect(write(root, '20261122T204347Z-smoke', files)).toBe(`/${RUNS}/20261122T204347Z-smoke`)
  expect(write(root, '20261122T204347Z-smoke', files)).toBe(`/${RUNS}/20261122T204347Z-smoke-2`)
  expect(readdirSync(join(dir, RUNS)).sort()).toEqual(['20261122T204347Z-smoke', '20261122T204347Z-smoke-2'])
  expect(readFileSync(join(dir, RUNS, '20261122T204347Z-smoke/a.stdout'), 'utf8')).toBe('# Histogram\n')
})

test('a run that cannot be written whole leaves nothing, and says why', () => {
  const root = openRoot(dir)
  const files = {
    'run.json': '{}\n',
    [`${'x'.repeat(300)}.stdout`]: 'a name longer than any file system takes',
  }
  expect(() => write(root, '20261122T204347Z-smoke', files)).toThrow(
    expect.objectContaining({ exitCode: 3, code: 'io-enametoolong' }),
  )
  expect(readdirSync(join(dir, RUNS))).toEqual([])
})

test('the list is in order of time, and leaves half-written folders out with a note', () => {
  const root = openRoot(dir)
  write(root, '20261123T000000Z-smoke', { 'run.json': '{}' })
  write(root, '20261122T204347Z-acceptance', { 'run.json': '{}' })
  mkdirSync(join(dir, RUNS, '.partial-20261124T000000Z-smoke'))
  mkdirSync(join(dir, RUNS, '20261125T000000Z-smoke'))
  writeFileSync(join(dir, RUNS, 'README'), 'not ours')
  const { runs, warnings } = listRuns(root)
  expect(runs.map(({ name }) => name)).toEqual(['20261122T204347Z-acceptance', '20261123T000000Z-smoke'])
  expect(warnings).toEqual(
    ['.partial-20261124T000000Z-smoke', '20261125T000000Z-smoke'].map((name) => ({
      code: 'half-written-run',
      message: 'this folder holds no whole run (quietcore was killed while it wrote it) and is left out',
      place: { file: `/${RUNS}/${name}` },
    })),
  )
})

test('the run under way is no half-written one, an older one is', () => {
  const root = openRoot(dir)
  const started = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')[19]
  const holder = {
    pid: process.pid,
    startTicks: started,
    command: 'validate',
    since: '2026-11-24T00:00:00.700Z',
  }
  root.writeFile('/run/quietcore/lock', JSON.stringify(holder))
  mkdirSync(join(dir, RUNS, '.partial-20261124T000000Z-smoke'), { recursive: true })
  mkdirSync(join(dir, RUNS, '.partial-20261123T235959Z-smoke'))
  expect(listRuns(root).warnings.map(({ place }) => place?.file)).toEqual([
    `/${RUNS}/.partial-20261123T235959Z-smoke`,
  ])
})

test('on a machine that never measured the list is empty', () => {
  expect(listRuns(openRoot(dir))).toEqual({ runs: [], warnings: [] })
})

test('runs go when they are too old, but the newest of each suite and the baseline stay', () => {
  const root = openRoot(dir)
  for (const name of [
    '20260101T000000Z-acceptance',
    '20260102T000000Z-smoke',
    '20260103T000000Z-smoke',
    '20260104T000000Z-smoke',
    '20261121T000000Z-smoke',
    '20261122T000000Z-smoke',
  ]) {
    write(root, name, { 'run.json': '{}' })
  }
  const gone = expiredRuns(
    listRuns(root).runs,
    { keepPerSuite: 1, maxAgeDays: 30 },
    new Date('2026-11-22T12:00:00Z'),
    new Set(['20260103T000000Z-smoke']),
  )
  removeRuns(root, gone)
  expect(listRuns(root).runs.map(({ name }) => name)).toEqual([
    '20260101T000000Z-acceptance',
    '20260103T000000Z-smoke',
    '20261121T000000Z-smoke',
    '20261122T000000Z-smoke',
  ])
})
