import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { progressLine } from '../../src/cli/progress-bar.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { openRoot } from '../../src/host/root.ts'
import { openRunner } from '../../src/host/runner.ts'
import { type BuiltCli, buildCli } from '../support/built-cli.ts'
import { turnOnThisMachine } from '../support/this-machine.ts'

const RUNS = '/var/lib/quietcore/runs'
const runner = openRunner(openRoot('/'))
const whyNot =
  process.geteuid?.() !== 0 ? 'needs root' : runner.find('cyclictest') ? undefined : 'needs cyclictest'
const CPU = openMachine('/').facts.cpu.online.cpus.at(-1)!
const ALONE = ['validate', '--tool', 'cyclictest', '--cpus', `${CPU}`, '--force']

/** s; no other test's cyclictest is to run as long */
const LONG_S = 61
const tool = () =>
  runner.runSync(['pgrep', '-f', `^cyclictest .*-D ${LONG_S} .*-t 1 -a ${CPU} `]).stdout.trim()

let cli: BuiltCli
let letTheNextIn: () => void
let before: Set<string>
beforeAll(async () => {
  cli = await buildCli()
  letTheNextIn = await turnOnThisMachine()
  before = new Set(kept())
})
afterAll(() => {
  cli.remove()
  for (const name of kept()) if (!before.has(name)) rmSync(`${RUNS}/${name}`, { recursive: true })
  letTheNextIn()
})

function kept(): string[] {
  return existsSync(RUNS) ? readdirSync(RUNS) : []
}

describe.skipIf(whyNot)(`validate on this machine${whyNot ? ` (${whyNot})` : ''}`, () => {
  test('measures, keeps the whole run, and a later report judges it anew', () => {
    const answer = cli.run([...ALONE, '--duration', '2s', '--threshold', 'cyclictest.max=<1us', '--json'])
    expect(answer.code).toBe(1)
    const record = JSON.parse(answer.stdout)
    expect(record.verdict.result).toBe('fail')
    expect(record.cpus.map(({ cpu }: { cpu: number }) => cpu)).toEqual([CPU])
    expect(record.argv.join(' ')).toContain(`-t 1 -a ${CPU} --mainaffinity=`)
    expect(readdirSync(`${RUNS}/${record.id}`).sort()).toEqual([
      'cyclictest.command.json',
      'cyclictest.stderr',
      'cyclictest.stdout',
      'interrupts.after',
      'interrupts.before',
      'report.html',
      'report.prom',
      'report.txt',
      'report.xml',
      'run.json',
      'softirqs.after',
      'softirqs.before',
    ])
    expect(readFileSync(`${RUNS}/${record.id}/run.json`, 'utf8')).toBe(answer.stdout)
    const again = cli.run(['report', record.id, '--json', '--threshold', 'cyclictest.max=<2us'])
    expect([again.code, JSON.parse(again.stdout).measurements]).toEqual([1, record.measurements])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends the tool, keeps what it measured and is undecided',
    async (signal) => {
      const { pid, ended } = cli.start([
        ...ALONE,
        '--duration',
        `${LONG_S}s`,
        '--threshold',
        'cyclictest.max=<10s',
        '--json',
      ])
      await expect.poll(tool, { timeout: 60_000 }).not.toBe('')
      await setTimeout(1500)
      process.kill(pid, signal)
      const { code, stdout, stderr } = await ended
      const record = JSON.parse(stdout)
      expect([code, record.verdict.result]).toEqual([4, 'undecided'])
      expect(record.findings.map((finding: { code: string }) => finding.code)).toContain('interrupted')
      expect(record.cpus[0].samples).toBeGreaterThan(100)
      expect(stderr).toContain(`quietcore: ${signal}: the tool is ended and what it measured is kept`)
      expect(readFileSync(`${RUNS}/${record.id}/cyclictest.stdout`, 'utf8')).toContain('# Max Latencies:')
      expect(existsSync('/run/quietcore/lock')).toBe(false)
    },
  )

  test('a quietcore that is killed takes the tool with it, so that the CPU is free again', async () => {
    const { pid, ended } = cli.start([...ALONE, '--duration', `${LONG_S}s`])
    await expect.poll(tool, { timeout: 60_000 }).not.toBe('')
    process.kill(pid, 'SIGKILL')
    await ended
    await expect.poll(tool, { timeout: 30_000 }).toBe('')
  })
})

test.each([
  [['validate', 'no-such-suite'], 2, 'unknown-suite'],
  [['validate', '--cpus', '4095'], 2, 'no-such-cpu'],
  [['validate', '--cpus', '2-'], 2, 'bad-cpulist'],
  [['validate', '--tool', 'jitterdebugger'], 2, 'usage'],
  [['validate', '--threshold', 'cyclictest.max=20'], 2, 'bad-threshold'],
  [['validate', '--duration', '10'], 2, 'bad-duration'],
])('%j is refused with exit %i, %s, and leaves no run', (args, code, name) => {
  const runs = kept()
  const answer = cli.run([...args, '--json'])
  expect([answer.code, JSON.parse(answer.stdout).error.code]).toEqual([code, name])
  expect(kept()).toEqual(runs)
})

test('another machine’s tree is not measured', () => {
  const answer = cli.run(['validate', '--root', '/tmp', '--cpus', '0', '--json'])
  expect(answer.code).toBe(3)
})

test('the progress line shows where it is and the time left', () => {
  const progress = { step: 'a', tool: 'oslat', index: 1, steps: 2, elapsedS: 30, remainingS: 90 }
  expect(progressLine(progress)).toBe('[######------------------]  25 %  a: oslat (1 of 2), 1 min 30 s left')
  expect(progressLine({ ...progress, step: 'oslat', elapsedS: 0, remainingS: 43_199.2 })).toBe(
    '[------------------------]   0 %  oslat (1 of 2), 12 h 0 min left',
  )
})
