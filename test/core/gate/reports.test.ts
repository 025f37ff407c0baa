import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { GateRecord } from '../../../src/core/gate/gate-record.ts'
import { GATE_REPORTERS } from '../../../src/core/gate/report/gate-reporters.ts'
import { displayWidth } from '../../../src/core/report/table.ts'
import { failingGate, hostileGate, passingGate, undecidedGate } from './made-gates.ts'

const GATES: [string, () => GateRecord][] = [
  ['pass', passingGate],
  ['fail', failingGate],
  ['undecided', undecidedGate],
]
const ALL: [string, () => GateRecord][] = [...GATES, ['hostile', hostileGate]]
const EXTENSIONS: Record<string, string> = { text: 'txt', json: 'json', junit: 'xml', html: 'html' }
const render = (format: string, record: GateRecord, color = false) =>
  GATE_REPORTERS.find(({ name }) => name === format)!.render(record, { color })

describe.each(GATE_REPORTERS)('the $name report', ({ name }) => {
  it.each(GATES)('of a chain with verdict %s is as it should be, to the last byte', async (verdict, made) => {
    await expect(render(name, made())).toMatchFileSnapshot(`../../golden/gate/${verdict}.${EXTENSIONS[name]}`)
  })
})

describe('real readers', () => {
  it.each(ALL)('xmllint finds the JUnit report of %s valid, and its counts right', (_, made) => {
    const xml = render('junit', made())
    execFileSync('xmllint', ['--noout', '--schema', 'test/core/report/junit.xsd', '-'], {
      input: xml,
      stdio: 'pipe',
    })
    const ask = (path: string) =>
      execFileSync('xmllint', ['--xpath', path, '-'], { input: xml, encoding: 'utf8' }).trim()
    const elements = ['testcase', 'failure', 'error', 'skipped'].map((one) => ask(`count(//${one})`))
    const said = ['tests', 'failures', 'errors', 'skipped'].map((one) => ask(`string(//testsuite/@${one})`))
    expect(elements).toEqual(said)
  })

  it.each(ALL)('the JSON of %s is as its schema says', (_, made) => {
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync('docs/schema/gate.schema.json', 'utf8')),
    )
    validate(JSON.parse(render('json', made())))
    expect(validate.errors).toBeNull()
  })

  it('the schema refuses another state, another verdict and a field that it does not name', () => {
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(
      JSON.parse(readFileSync('docs/schema/gate.schema.json', 'utf8')),
    )
    const good = JSON.parse(render('json', failingGate()))
    const [first, ...rest] = good.links
    expect([
      validate(good),
      validate({ ...good, extra: 1 }),
      validate({ ...good, verdict: { result: 'skipped', reasons: [] } }),
      validate({ ...good, links: [{ ...first, state: 'skipped' }, ...rest] }),
      validate({ ...good, sideBySide: [{ ...good.sideBySide[0], visible: 'perhaps' }] }),
    ]).toEqual([true, false, false, false, false])
  })
})

describe('hostile names', () => {
  it('reach the page as text only', () => {
    const page = render('html', hostileGate())
    expect(page.match(/<script|<img|onerror='|\u001b|\u0000/g)).toBeNull()
    const tags = new Set([...page.matchAll(/<([a-z0-9]+)/gi)].map((match) => match[1]!.toLowerCase()))
    expect([...tags].sort().join(' ')).toBe(
      'b body br dd div dl dt footer h1 h2 head header html li main meta span style table tbody td th thead title tr ul',
    )
  })

  it('do not move the cursor of a terminal, and no line is wider than 100 columns', () => {
    const text = render('text', hostileGate())
    expect(text.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g)).toBeNull()
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(100)
  })
})

it('colour comes only when it is asked for, and changes nothing else', () => {
  const coloured = render('text', failingGate(), true)
  expect(coloured.slice(0, 15)).toBe('\u001b[1;31mFAIL\u001b[0m')
  expect(coloured.match(/\u001b\[3[123]m\w+/g)).toEqual(
    ['pass', 'fail', 'fail', 'pass', 'fail'].map((state) => `\u001b[3${state === 'pass' ? 2 : 1}m${state}`),
  )
  expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(render('text', failingGate()))
})
