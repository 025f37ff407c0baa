import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { findReporter, REPORTERS } from '../../../src/core/report/reporters.ts'
import { toRunJson } from '../../../src/core/report/run-json.ts'
import type { RunRecord } from '../../../src/core/report/run-record.ts'
import { failingRun, hostileRun, passingRun, undecidedRun, wideRun } from './made-runs.ts'

const RUNS: [string, () => RunRecord][] = [
  ['pass', passingRun],
  ['fail', failingRun],
  ['undecided', undecidedRun],
]
const ALL: [string, () => RunRecord][] = [...RUNS, ['wide', wideRun], ['hostile', hostileRun]]
const RAW = new Map([['cyclictest.out', '# Histogram\n000002 004034\n<b>not bold</b>\n']])
const render = (format: string, run: RunRecord) => findReporter(format).render(run, { raw: RAW })
const foreign = (): RunRecord => ({
  ...passingRun(),
  suite: null,
  startedAt: null,
  durationS: null,
  host: null,
  kernel: null,
  context: null,
  thresholds: [],
  measurements: [],
  verdict: { result: 'undecided', reasons: [], checks: [], doubts: [], claims: [] },
})

describe.each(REPORTERS)('the $name report', ({ name, extension }) => {
  it.each(RUNS)('of a run with verdict %s is as it should be, to the last byte', async (verdict, run) => {
    await expect(render(name, run())).toMatchFileSnapshot(`../../golden/report/${verdict}.${extension}`)
  })

  it('is the same each time, and can be made from a record that knows next to nothing', () => {
    expect(render(name, passingRun())).toBe(render(name, passingRun()))
    expect(render(name, foreign())).not.toContain('undefined')
  })
})

describe('real readers', () => {
  it.each([...ALL, ['foreign', foreign] as const])('xmllint finds the JUnit report of %s valid', (_, run) => {
    const xml = render('junit', run())
    execFileSync('xmllint', ['--noout', '--schema', 'test/core/report/junit.xsd', '-'], {
      input: xml,
      stdio: 'pipe',
    })
    const count = (what: string) =>
      execFileSync('xmllint', ['--xpath', `count(//${what})`, '-'], { input: xml, encoding: 'utf8' }).trim()
    const said = (what: string) =>
      execFileSync('xmllint', ['--xpath', `string(//testsuite/@${what})`, '-'], {
        input: xml,
        encoding: 'utf8',
      }).trim()
    expect([count('testcase'), count('failure'), count('error'), count('skipped')]).toEqual([
      said('tests'),
      said('failures'),
      said('errors'),
      '0',
    ])
  })

  it.each(ALL)('promtool finds nothing to complain of in the metrics of %s', (_, run) => {
    const said = execFileSync('promtool', ['check', 'metrics'], {
      input: render('prometheus', run()),
      encoding: 'utf8',
      stdio: 'pipe',
    })
    expect(said).toBe('')
  })

  it.each([...ALL, ['foreign', foreign] as const])('the JSON of %s is as its schema says', (_, run) => {
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync('docs/schema/run.schema.json', 'utf8')),
    )
    validate(JSON.parse(render('json', run())))
    expect(validate.errors).toBeNull()
  })

  it('the schema refuses another version, an unknown verdict, and a field that it does not name', () => {
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(
      JSON.parse(readFileSync('docs/schema/run.schema.json', 'utf8')),
    )
    const json = toRunJson(passingRun())
    expect([
      validate({ ...json, extra: 1 }),
      validate({ ...json, schemaVersion: 2 }),
      validate({ ...json, verdict: { result: 'skipped', reasons: [], checks: [], doubts: [], claims: [] } }),
    ]).toEqual([false, false, false])
  })
})

describe('hostile names', () => {
  it('reach the page as text only: no element, no handler, no control character', () => {
    const run = hostileRun()
    const page = findReporter('html').render(run, { raw: new Map([[run.id, `${run.id}</pre>`]]) })
    expect(page.match(/<script|<img|onerror='|\u001b|\u0000/g)).toBeNull()
    const tags = new Set([...page.matchAll(/<([a-z0-9]+)/gi)].map((match) => match[1]!.toLowerCase()))
    expect([...tags].sort().join(' ')).toBe(
      'b body code dd details div dl dt figcaption figure footer h1 h2 h3 head header html li line main meta p path pre section span style summary svg table tbody td text th thead title tr ul',
    )
  })

  it('do not move the cursor of a terminal or break a metric line', () => {
    expect(render('text', hostileRun()).match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g)).toBeNull()
    const lines = render('prometheus', hostileRun()).trimEnd().split('\n')
    expect(lines.filter((line) => !/^(# (HELP|TYPE) |quietcore_[a-z_]+\{)/.test(line))).toEqual([])
  })
})

it('colour comes only when it is asked for, and changes nothing else', () => {
  const plain = findReporter('text').render(failingRun())
  const coloured = findReporter('text').render(failingRun(), { color: true })
  expect(coloured.slice(0, 15)).toBe('\u001b[1;31mFAIL\u001b[0m')
  expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain)
})

it('an unknown format is refused with those that there are', () => {
  expect(() => findReporter('pdf')).toThrow(
    new InputError({
      code: 'unknown-format',
      message: "'pdf' is no report format",
      next: 'Choose one of text, json, junit, html, prometheus.',
    }),
  )
})
