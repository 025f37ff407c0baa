import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuiltCli, buildCli } from '../support/built-cli.ts'

let cli: BuiltCli
let dir: string
beforeAll(async () => {
  cli = await buildCli()
  dir = mkdtempSync(join(tmpdir(), 'quietcore-history-'))
})
afterAll(() => {
  cli.remove()
  rmSync(dir, { recursive: true, force: true })
})

/** A kept run of 100,000 wake-ups, all at 5 us but `late` of them at `maxUs`. */
function keep(id: string, maxUs: number, result: string, suite = 'quick', late = 1) {
  const histogram = {
    bucketNs: 1000,
    originNs: 0,
    resolutionNs: 1000,
    counts: { 5: 100_000 - late, [maxUs]: late },
    overflows: 0,
    overflowFromNs: 100_000,
  }
  const cpu = {
    cpu: 2,
    thread: 0,
    context: null,
    samples: 100_000,
    minUs: 5,
    meanUs: 5,
    maxUs,
    overflows: 0,
    percentilesUs: { '50': 5, '99': 5, '99.9': late > 100 ? maxUs : 5 },
    histogram,
  }
  const measurement = {
    step: 'cyclictest',
    tool: 'cyclictest',
    toolVersion: '2.40',
    format: 'made',
    argv: ['cyclictest'],
    wantedDurationS: 20,
    durationS: 20,
    intervalUs: 200,
    toolThresholdUs: null,
    exitCode: 0,
    cpus: [cpu],
    all: { ...cpu, cpu: null, thread: null },
    events: [],
    findings: [],
    rawFiles: [],
  }
  const record = {
    schemaVersion: 1,
    id,
    quietcoreVersion: '0.1.0',
    suite: { name: suite, title: suite, path: `${suite}.conf` },
    startedAt: '2026-11-22T20:43:47.000Z',
    durationS: 20,
    host: null,
    kernel: null,
    tuning: { state: 'ok', profile: null },
    thresholds: [],
    measurements: [measurement],
    verdict: { result, reasons: [], checks: [], doubts: [], claims: [] },
    context: null,
  }
  const folder = join(dir, 'var/lib/quietcore/runs', id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record))
}

test('an empty history says how to make a run', () => {
  expect(cli.run(['history', '--root', dir])).toEqual({
    code: 0,
    stdout: 'No run is kept yet. Make one: quietcore validate smoke\n',
    stderr: '',
  })
})

test('runs are listed with their verdicts, and against a baseline it is said what moved', () => {
  keep('20261122T000000Z-quick', 10, 'pass')
  keep('20261123T000000Z-quick', 11, 'pass')
  keep('20261123T120000Z-other', 90, 'fail', 'other')
  keep('20261124T000000Z-quick', 19, 'fail', 'quick', 200)
  expect(cli.run(['history', '--root', dir])).toEqual({
    code: 0,
    stdout: `RUN                     VERDICT  TOOL        SAMPLES  MAX    HIGHEST PERCENTILE
20261122T000000Z-quick  pass     cyclictest  100,000  10 µs  p99.9 5 µs
20261123T000000Z-quick  pass     cyclictest  100,000  11 µs  p99.9 5 µs
20261123T120000Z-other  fail     cyclictest  100,000  90 µs  p99.9 5 µs
20261124T000000Z-quick  fail     cyclictest  100,000  19 µs  p99.9 19 µs

All of them together:
  cyclictest: 4 runs, 400,000 samples, worst 90 µs, p99.999 19 µs
`,
    stderr: '',
  })
  expect(cli.run(['history', '--root', dir, '--baseline', '20261122T000000Z-quick'])).toEqual({
    code: 1,
    stdout: `RUN                     VERDICT  TOOL        SAMPLES  MAX    HIGHEST PERCENTILE
20261122T000000Z-quick  pass     cyclictest  100,000  10 µs  p99.9 5 µs
20261123T000000Z-quick  pass     cyclictest  100,000  11 µs  p99.9 5 µs
20261124T000000Z-quick  fail     cyclictest  100,000  19 µs  p99.9 19 µs

All of them together:
  cyclictest: 3 runs, 300,000 samples, worst 19 µs, p99.999 19 µs

20261123T000000Z-quick against 20261122T000000Z-quick: no regression.
  cyclictest: p99.99 is not known in the baseline.
  cyclictest (all CPUs): too few samples to compare p99.999, p99.9999.
20261124T000000Z-quick against 20261122T000000Z-quick: a regression.
  worse: cyclictest p99.9 on all CPUs 5 -> 19 µs
  worse: cyclictest max on all CPUs 10 -> 19 µs
  cyclictest: p99.99 is not known in the baseline.
  cyclictest (all CPUs): too few samples to compare p99.999, p99.9999.
`,
    stderr: '',
  })
})

test('the answer of --json is as its schema says', () => {
  const { stdout } = cli.run(['history', '--root', dir, '--baseline', '20261122T000000Z-quick', '--json'])
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync('docs/schema/history.schema.json', 'utf8')),
  )
  validate(JSON.parse(stdout))
  expect(validate.errors).toBeNull()
  const { regression, moves } = JSON.parse(stdout).comparisons[1]
  expect([
    regression,
    moves.map(({ metric, beforeUs, afterUs }: Record<string, unknown>) => [metric, beforeUs, afterUs]),
  ]).toEqual([
    true,
    [
      ['p99.9', 5, 19],
      ['max', 10, 19],
    ],
  ])
})

test('a run that cannot be read is left out with a note', () => {
  const folder = join(dir, 'var/lib/quietcore/runs/20261125T000000Z-quick')
  mkdirSync(folder)
  writeFileSync(join(folder, 'run.json'), '{')
  mkdirSync(join(dir, 'var/lib/quietcore/runs/.partial-20261126T000000Z-quick'))
  const { code, stdout } = cli.run(['history', '--root', dir, '--suite', 'quick', '--json'])
  const { runs, warnings } = JSON.parse(stdout)
  expect([code, runs.length, warnings.map((warning: { code: string }) => warning.code)]).toEqual([
    0,
    3,
    ['half-written-run', 'unreadable-run'],
  ])
})

test('slots of the schedules that passed without a measurement stand below the runs, and in the answer of --json', () => {
  const folder = join(dir, 'var/lib/quietcore/missed')
  mkdirSync(folder, { recursive: true })
  const missed = (id: string, more: object) => ({
    schemaVersion: 1,
    id,
    suite: 'night',
    at: '2026-11-22T02:00:00.000Z',
    outcome: 'skipped',
    code: 'locked',
    reason: 'process 7 (quietcore apply) is changing this machine',
    next: 'It is tried again at its next slot.',
    occupants: [],
    ...more,
  })
  const made = [
    missed('20261122T020000Z-night', {}),
    missed('20261123T020000Z-night', {
      at: '2026-11-23T02:00:00.000Z',
      outcome: 'failed',
      code: 'no-such-program',
      reason: "cyclictest cannot run: the program 'cyclictest' is not installed",
      next: "Install it: 'apt install rt-tests'.",
    }),
  ]
  for (const one of made) writeFileSync(join(folder, `${one.id}.json`), JSON.stringify(one))
  writeFileSync(join(folder, '20261124T020000Z-night.json'), '{"schemaVersion": 1')
  const { stdout, stderr } = cli.run(['history', '--root', dir, '--suite', 'night'])
  expect(stdout).toBe(`No run is kept yet. Make one: quietcore validate smoke

Scheduled and not run (2):
  2026-11-22T02:00:00.000Z night skipped: process 7 (quietcore apply) is changing this machine
  2026-11-23T02:00:00.000Z night failed: cyclictest cannot run: the program 'cyclictest' is not installed
    Install it: 'apt install rt-tests'.
`)
  expect(stderr).toContain('20261124T020000Z-night.json: this record of a missed run cannot be read: ')
  const answer = JSON.parse(cli.run(['history', '--root', dir, '--json']).stdout)
  expect(answer.missed).toEqual(made)
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync('docs/schema/history.schema.json', 'utf8')),
  )
  validate(answer)
  expect(validate.errors).toBeNull()
})
