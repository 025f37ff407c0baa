import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serviceMetrics } from '../../src/core/report/service-metrics.ts'
import { failingRun, passingRun } from '../core/report/made-runs.ts'

const PROM = readFileSync('test/golden/report/service.prom', 'utf8')
/** of each question: a scrape that took too long makes every series stale until the next one */
const POLL = { timeout: 60_000, interval: 500 }
/** every family of the service, and node_exporter's that the rules join with */
const FAMILIES = new Set([
  ...[...PROM.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name),
  // of this Prometheus: whether a scrape came through
  'up',
])

describe('the alert rules', () => {
  it('are right for promtool, and fire and keep still as their tests say', () => {
    const promtool = (...args: string[]) =>
      execFileSync('promtool', args, { cwd: 'monitoring', encoding: 'utf8' })
    expect(promtool('check', 'rules', 'quietcore.rules.yml')).toContain('SUCCESS: 14 rules found')
    expect(promtool('test', 'rules', 'quietcore.rules.test.yml')).toContain('SUCCESS')
    expect(promtool('check', 'config', '--syntax-only', 'prometheus.yml')).toContain('SUCCESS')
  })

  it('are each tested with the metrics that the service has', () => {
    const rules = readFileSync('monitoring/quietcore.rules.yml', 'utf8')
    const tests = readFileSync('monitoring/quietcore.rules.test.yml', 'utf8')
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name!)
    const fired = [...tests.matchAll(/alertname: (\w+)\n\s+exp_alerts:\n/g)].map(([, name]) => name!)
    expect([...new Set(fired)].sort()).toEqual([...alerts].sort())
    for (const text of [rules, tests]) expect(unknownMetrics(text)).toEqual([])
  })
})

describe('the dashboard', () => {
  interface Panel {
    id: number
    type: string
    title: string
    gridPos: { x: number; y: number; w: number; h: number }
    targets?: { expr: string }[]
  }
  const dashboard = JSON.parse(readFileSync('monitoring/quietcore.dashboard.json', 'utf8'))
  const panels: Panel[] = dashboard.panels
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

  it('asks for metrics that there are, in PromQL that Prometheus understands', () => {
    const variables = dashboard.templating.list.flatMap(
      ({ definition }: { definition?: string }) => definition ?? [],
    )
    expect(unknownMetrics([...queries, ...variables].join('\n'))).toEqual([])
    const rules = queries.map((expr, index) => ({
      record: `panel:${index}`,
      expr: expr.replace(/\$\w+/g, '.*'),
    }))
    // YAML takes JSON; promtool parses each expression.
    const file = temporary('rules.yml', JSON.stringify({ groups: [{ name: 'panels', rules }] }))
    expect(execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8', stdio: 'pipe' })).toContain(
      `SUCCESS: ${queries.length} rules found`,
    )
  })

  it('has each panel once, in its place, and shows every kind of metric', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { gridPos, title } of panels)
      expect([title, gridPos.x + gridPos.w <= 24, gridPos.x >= 0]).toEqual([title, true, true])
    const overlapping = panels.flatMap((a) =>
      panels
        .filter((b) => a.id < b.id && overlap(a.gridPos, b.gridPos))
        .map((b) => `${a.title} / ${b.title}`),
    )
    expect(overlapping).toEqual([])
    for (const name of [
      'profile_info',
      'settings',
      'reboot_pending',
      'problems',
      'run_verdict',
      'latency_max_seconds',
      'latency_percentile_seconds',
      'run_smi',
      'run_steal_seconds',
    ])
      expect(
        queries.some((expr) => expr.includes(`quietcore_${name}`)),
        name,
      ).toBe(true)
  })

  function overlap(a: Panel['gridPos'], b: Panel['gridPos']): boolean {
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
  }
})

describe('a real Prometheus', () => {
  it('scrapes the metrics file through node_exporter, answers questions and fires the alerts', {
    timeout: 6 * POLL.timeout,
  }, async () => {
    const folder = dirname(temporary('run/metrics.prom', metricsOfNow()))
    const exporter = await node(folder)
    const server = await prometheus(exporter)
    const ask = async (query: string) => {
      const answer = await fetch(`${server}/api/v1/query?query=${encodeURIComponent(query)}`)
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      return data.result.map(({ metric, value }) => [metric.cpu ?? metric.profile ?? metric.suite, value[1]])
    }
    await expect.poll(() => ask('quietcore_profile_info'), POLL).toEqual([['realtime-virtual-host', '1']])
    const inFile = [
      ...metricsOfNow().matchAll(
        /^quietcore_latency_max_seconds\{suite="quick".*tool="cyclictest",cpu="(\d)"\} (\S+)$/gm,
      ),
    ]
    expect(inFile.length).toBe(4)
    await expect
      .poll(
        async () => (await ask('quietcore_latency_max_seconds{suite="quick",tool="cyclictest"}')).sort(),
        POLL,
      )
      .toEqual(inFile.map(([, cpu, value]) => [cpu, value]).sort())
    await expect.poll(() => ask('node_textfile_scrape_error'), POLL).toEqual([[undefined, '0']])

    const firing = async () => {
      const answer = await fetch(`${server}/api/v1/alerts`)
      const { data } = (await answer.json()) as {
        data: { alerts: { state: string; labels: Record<string, string> }[] }
      }
      return data.alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels.alertname)
        .sort()
    }
    await expect
      .poll(firing, POLL)
      .toEqual(['QuietcoreLatencyFail', 'QuietcoreProblem', 'QuietcoreRunFailed', 'QuietcoreSteal'])
  })
})

/** A host whose last run failed, with a problem of half an hour ago, stolen time and a run that could not be made. */
function metricsOfNow(): string {
  const ago = (minutes: number) => new Date(Math.floor((NOW - minutes * 60_000) / 1000) * 1000).toISOString()
  const nightly = { name: 'nightly', title: 'nightly', path: '/etc/quietcore/suites.d/nightly.conf' }
  const steal = { name: 'steal', where: 'CPU 3', before: '0 ms', after: '30 ms' }
  return serviceMetrics(
    {
      version: '0.1.0',
      phase: 'serving',
      profile: 'realtime-virtual-host',
      since: ago(600),
      verified: {
        at: ago(20),
        state: 'ok',
        counts: { ok: 70, differs: 0, 'pending-reboot': 0, unsupported: 3, unreadable: 0 },
      },
      problems: [{ code: 'bad-suite', since: ago(30) }],
      schedule: [],
      reloads: 0,
    },
    [
      { ...passingRun(), startedAt: ago(60) },
      {
        ...failingRun(),
        suite: nightly,
        startedAt: ago(120),
        context: { facts: { 'measured-cpus': '3' }, changes: [steal], disturbances: [] },
      },
    ],
    [{ suite: 'nightly', outcome: 'failed', count: 1, at: ago(90) }],
  )
}
const NOW = Date.now()

/** Names that look like metrics of ours and are none. */
function unknownMetrics(text: string): string[] {
  const named = text.match(/quietcore_[a-z_]+[a-z]/g) ?? []
  return [...new Set(named)].filter((name) => !FAMILIES.has(name))
}

function temporary(name: string, content: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-monitoring-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

async function node(folder: string): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  start('prometheus-node-exporter', [
    `--web.listen-address=${address}`,
    '--collector.disable-defaults',
    '--collector.textfile',
    `--collector.textfile.directory=${folder}`,
    '--log.level=error',
  ])
  return address
}

/** The example's rules, on a server that has five seconds for each scrape: as long as its interval. */
async function prometheus(target: string): Promise<string> {
  const config = {
    global: { scrape_interval: '5s', evaluation_interval: '1s' },
    rule_files: [join(process.cwd(), 'monitoring/quietcore.rules.yml')],
    scrape_configs: [{ job_name: 'node', static_configs: [{ targets: [target] }] }],
  }
  const file = temporary('prometheus.yml', JSON.stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  start('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(dirname(file), 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=error',
  ])
  return untilReady(`http://${address}`)
}

async function untilReady(url: string): Promise<string> {
  await expect
    .poll(
      () =>
        fetch(`${url}/-/ready`).then(
          ({ status }) => status,
          () => 0,
        ),
      POLL,
    )
    .toBe(200)
  return url
}

function start(program: string, args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  onTestFinished(() => {
    child.kill('SIGKILL')
    return ended
  })
  return child
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
