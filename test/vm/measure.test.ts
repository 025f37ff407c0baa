import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { waitFor } from './driver/wait-for.ts'
import { installedVm } from './installed-vm.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { nothingMeasures } from './quietcore-in.ts'

/** Everything of tracefs that hwlatdetect and rtla touch, one line each. */
const TRACEFS = `cd /sys/kernel/tracing && for f in current_tracer tracing_on tracing_thresh tracing_cpumask \
hwlat_detector/window hwlat_detector/width hwlat_detector/mode osnoise/*; do echo "$f: $(cat $f)"; done; ls instances`

let vm: Vm
let tracefsAtFirst: string
beforeAll(async () => {
  vm = await prepared(installedVm, async (vm) => {
    await vm.shell('echo 700000 >/sys/kernel/tracing/hwlat_detector/width')
    tracefsAtFirst = await vm.shell(TRACEFS)
  })
})
afterAll(() => vm?.destroy())
printConsoleOnFailure(() => vm)

function validate(...args: string[]) {
  const argv = ['quietcore', 'validate', '--cpus', '2-3', '--force', '--json', ...args]
  return vm.run(argv, { timeoutMs: 600_000 })
}

const tracefs = () => vm.shell(TRACEFS)

describe('the tools that need tracers, on a PREEMPT_RT kernel', () => {
  it.each([
    ['hwlatdetect', 'hwlatdetect.max=<=10s'],
    ['rtla-timerlat', 'rtla-timerlat.max=<10s'],
    ['rtla-osnoise', 'rtla-osnoise.max=<10s'],
  ])('%s measures the named CPUs, and tracefs is as it was', async (tool, threshold) => {
    await nothingMeasures(vm)
    const answer = await validate('--tool', tool, '--duration', '5s', '--threshold', threshold)
    const record = JSON.parse(answer.stdout)
    expect(record.tool).toBe(tool)
    expect([0, 4]).toContain(answer.exitCode)
    const cpus = record.cpus.map(({ cpu }: { cpu: number }) => cpu)
    if (tool !== 'hwlatdetect') expect([...new Set(cpus)]).toEqual([2, 3])
    expect(record.verdict.result).not.toBe('fail')
    expect(await tracefs()).toEqual(tracefsAtFirst)
  })

  it.each([
    ['hwlatdetect', 'hwlatdetect --duration='],
    ['rtla-timerlat', 'rtla timerlat hist -c '],
  ])('a killed %s leaves tracefs as it was all the same', async (tool, commandLine) => {
    await nothingMeasures(vm)
    const kill = async () => {
      await waitFor(vm, `pgrep -f '${commandLine}' >/dev/null`)
      await vm.shell(`sleep 5; pkill -KILL -P "$(pgrep -o -f '^quietcore validate')"`)
    }
    const [answer] = await Promise.all([
      validate('--tool', tool, '--duration', '60s', '--threshold', `${tool}.max=<10s`),
      kill(),
    ])
    expect(answer.exitCode).toBeGreaterThan(2)
    expect(await tracefs()).toEqual(tracefsAtFirst)
  })
})
