import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { keepRun, saveWaitingRuns } from '../../../src/engine/runs/unsaved-runs.ts'
import { claimRun } from '../../../src/engine/runs/write-run.ts'
import { machineDir } from '../../support/machine-dir.ts'

const RUNS = '/var/lib/quietcore/runs'
const UNSAVED = '/run/quietcore/unsaved'
const NAME = '20261122T020000Z-night'

/** A machine whose disk is a file system of 256 kB of its own. */
function machine() {
  const made = machineDir()
  const disk = join(made.dir, 'var')
  mkdirSync(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'quietcore-test', disk])
  if (mounted.status !== 0) throw new Error(`${mounted.stderr}`)
  onTestFinished(() => {
    spawnSync('umount', [disk])
  })
  const said: string[] = []
  const log = { write: (level: string, message: string) => said.push(`${level}: ${message}`) }
  return { ...made, root: made.ports.root, log, said, ballast: join(disk, 'ballast') }
}

const mayMount = process.geteuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0

describe.skipIf(!mayMount)('a disk that became full while it was measured (needs to mount)', () => {
  test('loses no result: the run waits in memory, is told, and moves when there is room', () => {
    const { root, log, said, ballast } = machine()
    const name = claimRun(root, NAME)
    writeFileSync(ballast, Buffer.alloc(200 * 1024))
    const files = { 'a.stdout': `${'# histogram\n'.repeat(10_000)}`, 'run.json': '{}\n' }
    expect(keepRun(root, name, files, log)).toBe(`${UNSAVED}/${NAME}`)
    expect(said).toEqual([
      `error: the run could not be kept in ${RUNS} (could not write ${RUNS}/.partial-${NAME}/a.stdout: ENOSPC: no space left on device); it is in ${UNSAVED}/${NAME} until a reboot, and moves when the disk takes it`,
    ])
    expect([root.list(RUNS), root.list(UNSAVED)]).toEqual([[], [NAME]])
    expect(() => saveWaitingRuns(root, log)).toThrow(expect.objectContaining({ code: 'io-enospc' }))
    expect([root.list(RUNS), root.list(UNSAVED)]).toEqual([[], [NAME]])
    rmSync(ballast)
    saveWaitingRuns(root, log)
    expect([root.list(RUNS), root.list(UNSAVED)]).toEqual([[NAME], []])
    expect(root.readText(`${RUNS}/${NAME}/a.stdout`)).toBe(files['a.stdout'])
    expect(said[1]).toBe(`info: the run that waited in memory is now in ${RUNS}/${NAME}`)
  })

  test('a run that was saved before quietcore was killed is not there twice', () => {
    const { root, log, write } = machine()
    for (const folder of [RUNS, UNSAVED]) write(`${folder}/${NAME}/run.json`, '{}')
    saveWaitingRuns(root, log)
    expect([root.list(RUNS), root.list(UNSAVED)]).toEqual([[NAME], []])
  })

  test('another run of that name is not overwritten', () => {
    const { root, log, write } = machine()
    write(`${RUNS}/${NAME}/run.json`, '{}')
    write(`${UNSAVED}/${NAME}/run.json`, '{"other": 1}')
    saveWaitingRuns(root, log)
    expect([root.list(RUNS), root.list(UNSAVED)]).toEqual([[NAME, `${NAME}-2`], []])
  })

  test('and memory that takes it neither leaves the disk’s own error', () => {
    const { root, log, said, ballast, write } = machine()
    const name = claimRun(root, NAME)
    writeFileSync(ballast, Buffer.alloc(200 * 1024))
    write('/run/quietcore', 'a file where the folder should be')
    expect(() => keepRun(root, name, { 'run.json': 'x'.repeat(100_000) }, log)).toThrow(
      expect.objectContaining({ exitCode: 3, code: 'io-enospc' }),
    )
    expect([root.list(RUNS), said]).toEqual([[], []])
  })
})
