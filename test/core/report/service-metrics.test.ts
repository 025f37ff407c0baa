import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../../src/core/report/run-record.ts'
import { type ExposedService, serviceMetrics } from '../../../src/core/report/service-metrics.ts'
import { failingRun, hostileRun, passingRun, undecidedRun, wideRun } from './made-runs.ts'

const service: ExposedService = {
  version: '0.1.0',
  phase: 'serving',
  profile: 'realtime-virtual-host',
  since: '2026-11-22T20:00:00.000Z',
  verified: {
    at: '2026-11-22T21:00:00.000Z',
    state: 'differs',
    counts: { ok: 70, differs: 2, 'pending-reboot': 1, unsupported: 3, unreadable: 0 },
  },
  problems: [
    { code: 'bad-suite', since: '2026-11-22T20:30:00.000Z' },
    { code: 'bad-suite', since: '2026-11-22T20:10:00.000Z' },
    { code: 'locked', since: '2026-11-22T20:40:00.000Z' },
  ],
  schedule: [{ suite: 'quick', onCalendar: 'hourly' }],
  reloads: 4,
}

const nothingYet: ExposedService = {
  version: '0.1.0',
  phase: 'starting',
  profile: null,
  since: null,
  verified: null,
  problems: [],
  schedule: [],
  reloads: 0,
}

function ofSuite(name: string, run: RunRecord): RunRecord {
  return { ...run, suite: { name, title: name, path: `/etc/quietcore/suites.d/${name}.conf` } }
}

/** The counters of a run's context as validate records them. */
function withCounters(run: RunRecord): RunRecord {
  return {
    ...run,
    context: {
      facts: { 'measured-cpus': '2-3', smi: 'counted' },
      changes: [
        { name: 'smi', where: 'CPU 2', before: '4294967290', after: '4', note: '+10' },
        { name: 'steal', where: 'CPU 3', before: '40 ms', after: '70 ms', note: '+30 ms' },
      ],
      disturbances: [{ code: 'smi', message: 'the firmware took CPUs' }],
    },
  }
}

const promtool = (text: string) =>
  execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: 'pipe' })

describe('the metrics of the service', () => {
  it('are all of the service, the last run of each suite and what was missed, each family once', async () => {
    const runs = [withCounters(passingRun()), ofSuite('nightly', failingRun())]
    const text = serviceMetrics(service, runs, [
      { suite: 'nightly', outcome: 'skipped', count: 2, at: '2026-11-22T03:00:00.000Z' },
    ])
    await expect(text).toMatchFileSnapshot('../../golden/report/service.prom')
    expect(promtool(text)).toBe('')
    const types = text.split('\n').filter((line) => line.startsWith('# TYPE '))
    expect(types).toEqual([...new Set(types)])
  })

  it('say little before anything is known, and nothing that is not so', () => {
    expect(
      serviceMetrics(nothingYet, []),
    ).toBe(`# HELP quietcore_build_info The service that runs, by its version.
# TYPE quietcore_build_info gauge
quietcore_build_info{version="0.1.0"} 1
# HELP quietcore_service_phase What the service is doing.
# TYPE quietcore_service_phase gauge
quietcore_service_phase{phase="starting"} 1
quietcore_service_phase{phase="recovering"} 0
quietcore_service_phase{phase="applying"} 0
quietcore_service_phase{phase="verifying"} 0
quietcore_service_phase{phase="serving"} 0
quietcore_service_phase{phase="stopping"} 0
# HELP quietcore_reloads_total Configurations taken over since the start.
# TYPE quietcore_reloads_total counter
quietcore_reloads_total 0
# HELP quietcore_profile_applied Whether a profile is in force.
# TYPE quietcore_profile_applied gauge
quietcore_profile_applied 0
# HELP quietcore_problems What the service could not do or refused.
# TYPE quietcore_problems gauge
quietcore_problems 0
`)
  })

  it('count SMIs over a wrapped counter, and steal in seconds, also on CPUs where there was none', () => {
    const lines = serviceMetrics(nothingYet, [withCounters(passingRun())])
      .split('\n')
      .filter((line) => /^quietcore_run_(smi|steal_seconds|disturbances)\{/.test(line))
    expect(lines).toEqual([
      'quietcore_run_smi{suite="quick",cpu="2"} 10',
      'quietcore_run_smi{suite="quick",cpu="3"} 0',
      'quietcore_run_steal_seconds{suite="quick",cpu="2"} 0',
      'quietcore_run_steal_seconds{suite="quick",cpu="3"} 0.03',
      'quietcore_run_disturbances{suite="quick",code="smi"} 1',
    ])
  })

  it('have no SMIs where the machine does not count them, and no steal that went back', () => {
    const run = withCounters(passingRun())
    const facts = { 'measured-cpus': '2', smi: 'not readable on this machine' }
    const changes = [{ name: 'steal', where: 'CPU 2', before: '70 ms', after: '40 ms' }]
    const text = serviceMetrics(nothingYet, [{ ...run, context: { ...run.context!, facts, changes } }])
    expect(text).not.toMatch(/quietcore_run_(smi|steal_seconds)/)
  })

  it('are valid for promtool whatever runs are called', () => {
    const runs = [undecidedRun(), ofSuite('a "b"\\\n{c}', hostileRun()), ofSuite('wide', wideRun())]
    const profile = 'own "one"\\two'
    expect(promtool(serviceMetrics({ ...service, profile }, runs))).toBe('')
  })
})
