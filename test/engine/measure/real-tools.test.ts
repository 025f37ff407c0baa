import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseSuite } from '../../../src/core/suite/parse-suite.ts'
import { judge } from '../../../src/core/verdict/judge.ts'
import { execute } from '../../../src/engine/measure/execute.ts'
import { type RunSuiteOptions, runSuite, type SuiteRun } from '../../../src/engine/measure/run-suite.ts'
import { findTool } from '../../../src/engine/measure/tools.ts'
import { openMachine } from '../../../src/engine/open-machine.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'
import { SLEEP, untilAsleep } from '../../support/sleepers.ts'

const runner = openRunner(openRoot('/'))
const missing = ['cyclictest', 'oslat', 'hwlatdetect', 'stress-ng', 'taskset'].filter(
  (name) => !runner.find(name),
)
const whyNot =
  process.geteuid?.() !== 0 ? 'needs root' : missing.length > 0 ? `needs ${missing.join(', ')}` : undefined
const CPU = openMachine('/').facts.cpu.online.cpus.at(-1)!

async function run(suite: string, options: Partial<RunSuiteOptions> = {}): Promise<SuiteRun> {
  const machine = openMachine('/')
  const text = `[suite]\ncpus = ${CPU}\n${suite}`
  return runSuite(parseSuite('/made.conf', text), machine.facts, machine.ports, {
    force: true,
    pin: 'affinity',
    self: process.pid,
    ...options,
  })
}

function verdict({ suite, steps }: SuiteRun) {
  const judged = steps.map(({ step, measurement }) => ({ step: step.name, measurement }))
  return judge(judged, suite.thresholds, { tuning: { state: 'none' } }).result
}

/** Processes of this machine whose command line has all these words. */
function processes(...words: string[]): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      } catch {
        return []
      }
    })
    .filter((line) => words.every((word) => line.includes(word)))
}

describe.skipIf(whyNot)(`the real tools on this machine${whyNot ? ` (${whyNot})` : ''}`, () => {
  test('cyclictest measures the named CPU beside a forking and a signalling process, which are gone afterwards', async () => {
    const forks = () => Number(/^processes (\d+)/m.exec(readFileSync('/proc/stat', 'utf8'))![1])
    const before = forks()
    const done = await run('load = fork-signal\n[step a]\ntool = cyclictest\nduration = 2s\n')
    const [{ raw, measurement, refusal }] = done.steps as [SuiteRun['steps'][number]]
    expect(refusal).toBe(null)
    expect(raw).toMatchObject({ exitCode: 0, signal: null, ending: 'itself' })
    expect(measurement.cpus.map(({ cpu }) => cpu)).toEqual([CPU])
    expect(measurement.cpus[0]!.samples).toBeGreaterThan(100)
    expect(measurement.wantedDurationS).toBe(2)
    expect(forks() - before).toBeGreaterThan(200)
    expect(done.loadDied).toBe(undefined)
    expect(processes('forker')).toEqual([])
  })

  test('stress-ng works on the housekeeping CPUs while oslat measures, and is gone afterwards', async () => {
    const done = await run('load = stress-ng\n[step a]\ntool = oslat\nduration = 2s\n')
    expect(done.steps[0]!.measurement.cpus.map(({ cpu }) => cpu)).toEqual([CPU])
    expect(done.steps[0]!.measurement.cpus[0]!.samples).toBeGreaterThan(10_000)
    expect(done.loadArgv!.slice(0, 4)).toEqual(['taskset', '-c', `${done.housekeeping}`, 'stress-ng'])
    expect(done.loadDied).toBe(undefined)
    expect(processes('stress-ng', '--oomable')).toEqual([])
  })

  test.each([
    ['cyclictest', 'cyclictest.max = <2us'],
    ['oslat', 'oslat.max = <2us'],
  ])('%s ends at once when a limit is broken, fails, and no further step is begun', async (tool, limit) => {
    const done = await run(
      `fail-fast = yes\n[step a]\ntool = ${tool}\nduration = 30s\n[step b]\ntool = ${tool}\nduration = 30s\n[thresholds]\n${limit}\n`,
    )
    expect(done.steps.map(({ step }) => step.name)).toEqual(['a'])
    expect(done.durationS).toBeLessThan(15)
    expect(verdict(done)).toBe('fail')
  })

  test('an interrupted run keeps what it measured and is undecided, whatever the numbers', async () => {
    const controller = new AbortController()
    const running = run(
      '[step a]\ntool = cyclictest\nduration = 30s\n[step b]\ntool = cyclictest\nduration = 30s\n[thresholds]\ncyclictest.max = <10s\n',
      { signal: controller.signal, onProgress: ({ elapsedS }) => elapsedS >= 2 && controller.abort() },
    )
    const done = await running
    expect(done.steps.map(({ step }) => step.name)).toEqual(['a'])
    expect(done.steps[0]!.raw).toMatchObject({ ending: 'interrupted', exitCode: 0 })
    expect(done.steps[0]!.measurement.cpus[0]!.samples).toBeGreaterThan(100)
    expect(done.steps[0]!.measurement.findings.map(({ code }) => code)).toContain('interrupted')
    expect(verdict(done)).toBe('undecided')
  })

  test('a tool that does not end is ended by its time-out, and its report is kept', async () => {
    const argv = ['cyclictest', '-q', '-m', '-p95', '-h20', '-D', '60', '-t', '1', '-a', `${CPU}`]
    const raw = await execute({ argv, env: {}, notes: [] }, runner, { timeoutMs: 1500 })
    expect(raw).toMatchObject({ ending: 'time-out', exitCode: 0, signal: null })
    expect(raw.stdout).toContain('# Max Latencies:')
  })

  test('one CPU bound by taskset is known by its number, although the tool does not know it', async () => {
    const done = await run('[step a]\ntool = cyclictest\nduration = 1s\n', { pin: 'taskset' })
    expect(done.steps[0]!.raw.argv.slice(0, 4)).toEqual(['taskset', '-c', `${CPU}`, 'cyclictest'])
    expect(done.steps[0]!.measurement.cpus.map(({ cpu }) => cpu)).toEqual([CPU])
  })

  test('a task of real-time priority on the CPU is named and refused', async () => {
    const controller = new AbortController()
    const living = runner.run(['chrt', '-f', '1', 'taskset', '-c', `${CPU}`, ...SLEEP], {
      signal: controller.signal,
    })
    try {
      await untilAsleep(1)
      await expect(
        run('[step a]\ntool = cyclictest\nduration = 1s\n', { force: false }),
      ).rejects.toMatchObject({
        exitCode: 3,
        code: 'cpus-occupied',
        message: expect.stringMatching(/'sleep' \(pid \d+, thread \d+, CPU \d+\): SCHED_FIFO priority 1/),
      })
    } finally {
      controller.abort()
      await living
    }
  })

  const tracers = openRoot('/').readTextIfThere('/sys/kernel/tracing/available_tracers') ?? ''
  test.skipIf(tracers.includes('hwlat'))(
    'a kernel without the hwlat tracer is no latency failure: hwlatdetect’s exit 1 is told apart',
    async () => {
      const tool = findTool('hwlatdetect')
      const raw = await execute({ argv: ['hwlatdetect', '--duration=1'], env: {}, notes: [] }, runner, {
        timeoutMs: 10_000,
      })
      expect([raw.exitCode, tool.refusal(raw)?.code]).toEqual([1, 'no-tracer'])
      await expect(run('[step a]\ntool = hwlatdetect\nduration = 1s\n')).rejects.toMatchObject({
        exitCode: 3,
        code: 'no-tracer',
      })
    },
  )
})
