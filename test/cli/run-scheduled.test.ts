import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { runScheduled } from '../../src/cli/run-scheduled.ts'
import { parseSuite } from '../../src/core/suite/parse-suite.ts'
import { withLock } from '../../src/engine/lock.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { openRoot } from '../../src/host/root.ts'
import { openRunner } from '../../src/host/runner.ts'
import { type BuiltCli, buildCli } from '../support/built-cli.ts'
import { machineDir } from '../support/machine-dir.ts'
import { thisMachineWithStateElsewhere } from '../support/state-elsewhere.ts'

let cli: BuiltCli
beforeAll(async () => {
  cli = await buildCli()
})
afterAll(() => cli.remove())
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

const CPU = openMachine('/').facts.cpu.online.cpus.at(-1)!
const SUITE = `[suite]\ncpus = ${CPU}\nonly-when-idle = no\n[step a]\ntool = cyclictest\nduration = 1s\n`
const NOW = new Date('2026-11-22T02:00:00.000Z')

/** What is said on both streams while `work` is done. */
async function listening(work: () => Promise<void>) {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += text
      return true
    })
  }
  await work()
  vi.restoreAllMocks()
  return { ...said, code: process.exitCode }
}

test('a skipped slot is one line on stderr and exit 0; with --json the record, as its schema says', async () => {
  const { machine } = thisMachineWithStateElsewhere()
  const run = (json: boolean) =>
    listening(() =>
      withLock(machine.ports.root, 'apply', NOW, () =>
        runScheduled('night', () => parseSuite('night.conf', SUITE), machine, { json }),
      ),
    )
  expect(await run(false)).toEqual({
    stdout: '',
    stderr: `quietcore: suite night skipped: process ${process.pid} (quietcore apply, since ${NOW.toISOString()}) is changing this machine. It is tried again at its next slot; suites of one slot need times of their own, or randomized-delay.\n`,
    code: 0,
  })
  const { schemaVersion, missed } = JSON.parse((await run(true)).stdout)
  const schema = JSON.parse(readFileSync('docs/schema/history.schema.json', 'utf8'))
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    schema.properties.missed.items,
  )
  validate(missed)
  expect([schemaVersion, validate.errors, missed.code]).toEqual([1, null, 'locked'])
})

const whyNot =
  process.geteuid?.() !== 0
    ? 'needs root'
    : openRunner(openRoot('/')).find('cyclictest')
      ? undefined
      : 'needs cyclictest'
describe.skipIf(whyNot)(`on this machine${whyNot ? ` (${whyNot})` : ''}`, () => {
  test('a run is one line with its verdict and its folder', async () => {
    const { machine, state } = thisMachineWithStateElsewhere()
    const { stdout, stderr, code } = await listening(() =>
      runScheduled('night', () => parseSuite('night.conf', SUITE), machine, {}),
    )
    const [run] = state.ports.root.list('/var/lib/quietcore/runs')
    expect([stdout, code]).toEqual(['', 4])
    const said = stderr.split(': No threshold is set, so there is nothing to pass.')
    expect([said[0], stderr.indexOf('\n')]).toEqual([
      `quietcore: suite night: undecided (/var/lib/quietcore/runs/${run})`,
      stderr.length - 1,
    ])
    expect(state.read(`/var/lib/quietcore/runs/${run}/run.json`)).toContain('"result": "undecided"')
  })
})

test('a slot that failed is an error and a record', () => {
  const { dir, read } = machineDir({
    '/etc/quietcore/suites.d/night.conf': SUITE,
    '/sys/devices/system/cpu/online': '0-3\n',
  })
  const { code, stderr } = cli.run(['validate', 'night', '--scheduled', '--root', dir])
  expect([code, stderr.split('\n')[0]]).toEqual([
    3,
    `quietcore: only this machine can be measured, not one laid out under ${dir}`,
  ])
  const history = JSON.parse(cli.run(['history', '--root', dir, '--json']).stdout)
  expect(history.missed).toMatchObject([{ suite: 'night', outcome: 'failed', code: 'not-live' }])
  expect(read(`/var/lib/quietcore/missed/${history.missed[0].id}.json`)).toContain('"code": "not-live"')
})

test.each([
  [['validate', '--scheduled'], 'usage'],
  [['validate', 'night', '--scheduled', '--force'], 'usage'],
  [['validate', 'night', '--scheduled', '--cpus', '1'], 'usage'],
  [['validate', '../night', '--scheduled'], 'bad-suite-name'],
  [['validate', '--scheduled', '--', '-x'], 'bad-suite-name'],
])('%j is refused, and nothing is recorded', (args, name) => {
  const { dir } = machineDir()
  const { code, stdout } = cli.run([args[0]!, '--root', dir, '--json', ...args.slice(1)])
  expect([code, JSON.parse(stdout).error.code]).toEqual([2, name])
  expect(existsSync(join(dir, 'var'))).toBe(false)
})
