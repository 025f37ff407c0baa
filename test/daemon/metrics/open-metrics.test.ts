import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toRunJson } from '../../../src/core/report/run-json.ts'
import { openMetrics } from '../../../src/daemon/metrics/open-metrics.ts'
import { openPorts } from '../../../src/engine/open-ports.ts'
import { lastVerdicts } from '../../../src/engine/runs/last-verdicts.ts'
import { recordMissed } from '../../../src/engine/runs/missed-runs.ts'
import { passingRun } from '../../core/report/made-runs.ts'
import { request } from '../control/client.ts'
import { host, served } from '../control/control-machine.ts'
import { makeService } from '../control/made-service.ts'

const FILE = 'run/quietcore/metrics.prom'

function opened(dir = host()) {
  const logged: string[] = []
  const ports = openPorts(dir, { write: (level, message) => logged.push(`${level}: ${message}`) })
  const service = makeService(dir)
  const metrics = openMetrics(service, ports)
  onTestFinished(metrics.close)
  const file = join(dir, FILE)
  const text = () => readFileSync(file, 'utf8')
  const values = (name: string) =>
    text()
      .split('\n')
      .filter((line) => line.startsWith(name))
  return { dir, file, service, metrics, logged, ports, text, values }
}

function keepRun(dir: string, id: string, result: 'pass' | 'fail', startedAt: string): void {
  const run = passingRun()
  const folder = join(dir, 'var/lib/quietcore/runs', id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify(toRunJson({ ...run, id, startedAt, verdict: { ...run.verdict, result } })),
  )
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20))

describe('/run/quietcore/metrics.prom', () => {
  it('is there for node_exporter, follows the service and goes with it', async () => {
    const { file, service, metrics, values, text } = opened()
    expect(statSync(file).mode & 0o777).toBe(0o644)
    expect(values('quietcore_profile_applied ')).toEqual(['quietcore_profile_applied 0'])
    await service.apply({ name: 'latency', overrides: {} })
    await service.verify()
    await aMoment()
    expect(values('quietcore_profile_info')).toEqual(['quietcore_profile_info{profile="latency"} 1'])
    expect(values('quietcore_verify_state')).toContain('quietcore_verify_state{state="ok"} 1')
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text(), encoding: 'utf8' })).toBe('')
    metrics.close()
    expect(existsSync(file)).toBe(false)
  })

  it('is written once for changes of one moment, and not when nothing has changed', async () => {
    const { file, service, metrics } = opened()
    const first = statSync(file).ino
    metrics.refresh()
    service.change({})
    await aMoment()
    expect(statSync(file).ino).toBe(first)
    for (const phase of ['applying', 'verifying', 'serving'] as const) service.change({ phase })
    await aMoment()
    expect(statSync(file).ino).toBe(first)
  })

  it('has the newest run of each suite once, also when two began in one second', async () => {
    const { dir, service, values, ports, text } = opened()
    keepRun(dir, '20261121T000000Z-quick', 'fail', '2026-11-21T00:00:00.000Z')
    keepRun(dir, '20261122T000000Z-quick', 'fail', '2026-11-22T00:00:00.100Z')
    keepRun(dir, '20261122T000000Z-quick-2', 'pass', '2026-11-22T00:00:00.700Z')
    service.change({ lastVerdicts: lastVerdicts(ports.root) })
    await aMoment()
    expect(values('quietcore_run_verdict')).toEqual([
      'quietcore_run_verdict{suite="quick",result="pass"} 1',
      'quietcore_run_verdict{suite="quick",result="fail"} 0',
      'quietcore_run_verdict{suite="quick",result="undecided"} 0',
    ])
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text(), encoding: 'utf8' })).toBe('')
  })

  it('leaves out a run that cannot be read, and counts what was missed', async () => {
    const { dir, service, values, ports } = opened()
    keepRun(dir, '20261121T000000Z-quick', 'fail', '2026-11-21T00:00:00.000Z')
    writeFileSync(join(dir, 'var/lib/quietcore/runs/20261121T000000Z-quick/run.json'), '{')
    const missed = { suite: 'night', code: 'cpus-occupied', reason: 'a guest', next: null, occupants: [] }
    recordMissed(ports.root, { ...missed, at: new Date('2026-11-21T03:00:00Z'), outcome: 'skipped' })
    recordMissed(ports.root, { ...missed, at: new Date('2026-11-22T03:00:00Z'), outcome: 'skipped' })
    recordMissed(ports.root, { ...missed, at: new Date('2026-11-20T03:00:00Z'), outcome: 'failed' })
    service.change({ lastVerdicts: lastVerdicts(ports.root) })
    await aMoment()
    expect(values('quietcore_run_')).toEqual([])
    expect(values('quietcore_suite_missed')).toEqual([
      'quietcore_suite_missed_runs{suite="night",outcome="failed"} 1',
      'quietcore_suite_missed_runs{suite="night",outcome="skipped"} 2',
      'quietcore_suite_missed_timestamp_seconds{suite="night",outcome="failed"} 1795143600',
      'quietcore_suite_missed_timestamp_seconds{suite="night",outcome="skipped"} 1795316400',
    ])
  })

  it('that cannot be written is said once, and written when it can be again', async () => {
    const { dir, file, service, values, logged } = opened()
    rmSync(join(dir, 'run'), { recursive: true })
    writeFileSync(join(dir, 'run'), '')
    for (const reloads of [1, 2, 3]) {
      service.change({ reloads })
      await aMoment()
    }
    expect(logged).toEqual([
      expect.stringMatching(/^error: the metrics could not be written: \/run\/quietcore/),
    ])
    rmSync(join(dir, 'run'))
    service.change({ reloads: 4 })
    await aMoment()
    expect(existsSync(file)).toBe(true)
    expect(values('quietcore_reloads_total')).toEqual(['quietcore_reloads_total 4'])
  })

  it('is what GET /metrics answers', async () => {
    const { socket, service, dir } = await served()
    const metrics = openMetrics(service, openPorts(dir))
    onTestFinished(metrics.close)
    const { status, headers, text } = await request(socket, 'GET', '/metrics')
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(text).toBe(readFileSync(join(dir, FILE), 'utf8'))
  })
})
