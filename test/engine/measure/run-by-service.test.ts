import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toRunJson } from '../../../src/core/report/run-json.ts'
import type { Suite } from '../../../src/core/suite/suite.ts'
import type { Progress } from '../../../src/engine/measure/progress.ts'
import { runByService } from '../../../src/engine/measure/run-by-service.ts'
import { openPorts } from '../../../src/engine/open-ports.ts'
import { recordMissed } from '../../../src/engine/runs/missed-runs.ts'
import type { RunResult } from '../../../src/host/ports.ts'
import { passingRun } from '../../core/report/made-runs.ts'
import { host, served } from '../../daemon/control/control-machine.ts'

const place = { file: 'quick.conf' }
const SUITE: Suite = {
  name: 'quick',
  path: '/usr/lib/quietcore/suites/quick.conf',
  title: 'Quick check',
  steps: [
    { name: 'first', tool: 'cyclictest', durationS: 0.2, place },
    { name: 'second', tool: 'oslat', durationS: 600, place },
  ],
  cpus: 'isolated',
  thresholds: [],
  load: 'none',
  defaultSystem: true,
  onlyWhenIdle: true,
  failFast: false,
}
const ANSWERS = {
  queued: 'Job=42\nActiveState=inactive\n',
  runs: 'Job=42\nActiveState=activating\n',
  done: 'ActiveState=inactive\n',
  failed: 'Job=0\nActiveState=failed\n',
}

/** A made host with its service, on which systemctl answers in turn; the last answer may do something before. */
async function machine(answers: readonly string[], atTheEnd: (dir: string) => void = () => {}) {
  const one = await served()
  const left = [...answers]
  const run = async (argv: readonly string[]): Promise<RunResult> => {
    expect(argv.at(-1)).toBe('quietcore-validate@quick.service')
    const stdout = left.length > 1 ? left.shift()! : left[0]!
    if (left.length === 1 && left[0] !== stdout) atTheEnd(one.dir)
    return { argv, exitCode: 0, signal: null, stdout, stderr: '', timedOut: false, durationMs: 0 }
  }
  const ports = openPorts(one.dir)
  return { ...one, ports: { ...ports, runner: { ...ports.runner, run } } }
}

function keepRun(dir: string, id: string): void {
  const run = passingRun()
  const folder = join(dir, 'var/lib/quietcore/runs', id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'run.json'), JSON.stringify(toRunJson({ ...run, id })))
}

const quiet = () => ({ signal: new AbortController().signal, lookEveryMs: 60 })

describe('a suite that the service starts', () => {
  it('is waited for, and its kept run is the answer', async () => {
    const seen: Progress[] = []
    const { ports, service, dir } = await machine(
      [ANSWERS.queued, ANSWERS.runs, ANSWERS.runs, ANSWERS.runs, ANSWERS.runs, ANSWERS.done],
      (where) => keepRun(where, '20261122T000000Z-quick'),
    )
    keepRun(dir, '20261121T000000Z-quick')
    const run = await runByService(SUITE, ports, {
      ...quiet(),
      onProgress: (progress) => seen.push(progress),
    })
    expect(run?.folder).toBe('/var/lib/quietcore/runs/20261122T000000Z-quick')
    expect(run?.record.verdict.result).toBe('pass')
    expect(service.calls).toEqual(['start quick'])
    expect(seen[0]).toMatchObject({ step: 'first', tool: 'cyclictest', index: 1, steps: 2 })
    expect(seen.at(-1)).toMatchObject({ step: 'second', tool: 'oslat', index: 2, steps: 2 })
  })

  it('and was skipped is an error with the reason', async () => {
    const { ports } = await machine([ANSWERS.runs, ANSWERS.done], (dir) => {
      recordMissed(openPorts(dir).root, {
        suite: 'quick',
        at: new Date('2026-11-22T03:00:00Z'),
        outcome: 'skipped',
        code: 'cpus-occupied',
        reason: "'qemu' (pid 7) lives on CPU 2",
        next: 'It is tried again.',
        occupants: [],
      })
    })
    await expect(runByService(SUITE, ports, quiet())).rejects.toMatchObject({
      code: 'cpus-occupied',
      exitCode: 3,
      message: "'qemu' (pid 7) lives on CPU 2",
      next: 'It is tried again.',
    })
  })

  it('and kept nothing is an error that says where to look', async () => {
    const { ports } = await machine([ANSWERS.runs, ANSWERS.failed])
    await expect(runByService(SUITE, ports, quiet())).rejects.toMatchObject({
      code: 'no-run-kept',
      next: 'See `journalctl -u quietcore-validate@quick.service`.',
    })
  })

  it('is stopped when asked, and what it measured is the answer', async () => {
    const asked = new AbortController()
    const { ports, service } = await machine(Array(6).fill(ANSWERS.runs).concat(ANSWERS.done), (dir) =>
      keepRun(dir, '20261122T000000Z-quick'),
    )
    const run = runByService(SUITE, ports, { signal: asked.signal, lookEveryMs: 60 })
    setTimeout(() => asked.abort(), 150)
    expect((await run)?.folder).toBe('/var/lib/quietcore/runs/20261122T000000Z-quick')
    expect(service.calls).toEqual(['start quick', 'stop quick'])
  })

  it('is nobody’s where no service runs', async () => {
    expect(await runByService(SUITE, openPorts(host()), quiet())).toBeUndefined()
  })
})
