import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allCpus } from '../../src/core/latency/merge.ts'
import { parseLatency } from '../../src/core/latency/parser.ts'
import { percentile } from '../../src/core/latency/percentile.ts'
import { permutationP } from '../support/permutation.ts'
import { pause } from './driver/qemu.ts'
import type { Vm } from './driver/vm.ts'
import { putText } from './install-quietcore.ts'
import { installedVm } from './installed-vm.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { prepareService, property, until } from './service-in.ts'

/** How long it is watched; docs/service.md has the figures of 600 s. */
const IDLE_S = Number(process.env.QUIETCORE_VM_IDLE_S ?? 180)
/** Work that the start leaves behind (garbage collection, history) is over by then. */
const SETTLE_S = 60
const MEBIBYTE = 1024
const CYCLICTEST_S = Number(process.env.QUIETCORE_VM_CYCLICTEST_S ?? 10)

const WEEKLY = `[suite]
title = Each Saturday
cpus = isolated
on-calendar = Sat 03:00
[step cyclictest]
tool = cyclictest
duration = 10s
[thresholds gross]
cyclictest.max = <=10s
`

const TRACE = '/sys/kernel/tracing/instances/quiet'
/**
 * A tracer of its own writes down each time that a thread of the service is woken, by whom, and each time that one runs
 * on CPUs 2-3. Whatever one of its threads wakes in another one follows from an earlier wake-up from outside.
 */
const BEGIN = `
pid=$(systemctl show -p MainPID --value quietcore)
any() { for task in /proc/$pid/task/*; do printf ' || %s == %s' "$1" "\${task##*/}"; done | cut -c5-; }
trace=${TRACE}
mkdir $trace
any pid >$trace/events/sched/sched_waking/filter
any next_pid >$trace/events/sched/sched_switch/filter
echo 1 >$trace/events/sched/sched_waking/enable
echo 1 >$trace/events/sched/sched_switch/enable
`
const END = `
cat ${TRACE}/trace
echo 0 >${TRACE}/events/enable
rmdir ${TRACE}
`

type Turn = 'with' | 'without'
/** In turn, so that what comes and goes on the host meets both. Five of each: p is 0.008 when all of one are above the other. */
const TURNS = [...'ABBAABBAAB'].map((one): Turn => (one === 'A' ? 'with' : 'without'))
const CYCLICTEST = [
  'cyclictest',
  ...['-q', '-m', '-p95', '-i1000', '-t2', '-a2,3', '-h200000', '-D'],
  `${CYCLICTEST_S}`,
]

describe('the idle service', { timeout: (IDLE_S + 900) * 1000 }, () => {
  let vm: Vm
  let tids: string[]
  let events: string[]
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    vm = await installedVm()
    await prepareService(vm)
    await putText(vm, '/etc/quietcore/suites.d', 'weekly.conf', WEEKLY)
    await vm.output(['systemctl', 'enable', '--now', 'quietcore.service'], { timeoutMs: 600_000 })
    await vm.reboot()
    await until(vm, '[ "$(systemctl is-active quietcore)" = active ]', 300)
    await until(vm, 'systemctl is-active --quiet quietcore-validate@weekly.timer')
    await pause(SETTLE_S * 1000)
    const pid = await property(vm, 'quietcore.service', 'MainPID')
    tids = (await vm.output(['ls', `/proc/${pid}/task`])).trim().split('\n')
    await vm.shell(BEGIN)
    await pause(IDLE_S * 1000)
    const text = await vm.shell(END)
    events = text.split('\n').filter((line) => /: sched_(waking|switch): /.test(line))
  })
  afterAll(() => vm?.destroy())

  it('is woken at most twice a minute, by its watchdog', () => {
    const wakings = events.filter((line) => line.includes(': sched_waking: '))
    const fromOutside = wakings.filter((line) => !tids.includes(/-(\d+)\s+\[/.exec(line)?.[1] ?? ''))
    console.log(
      `${IDLE_S} s: woken ${fromOutside.length} times; ${wakings.length} with its own threads by each other`,
    )
    expect(fromOutside.length).toBeGreaterThan(0)
    expect(fromOutside.length).toBeLessThanOrEqual((IDLE_S / 60) * 2)
  })

  it('runs on no isolated CPU', () => {
    const there = events.filter((line) => / \[00[23]\] .*: sched_switch: /.test(line))
    expect(there).toEqual([])
  })

  it('takes at most 60 MB', async () => {
    const pid = await property(vm, 'quietcore.service', 'MainPID')
    const kib = Number(/VmRSS:\s+(\d+)/.exec(await vm.output(['cat', `/proc/${pid}/status`]))?.[1])
    console.log(`resident: ${(kib / MEBIBYTE).toFixed(1)} MiB`)
    expect(kib * 1024).toBeLessThanOrEqual(60_000_000)
  })

  it("does not change cyclictest's distribution", async () => {
    const medians: Record<Turn, number[]> = { with: [], without: [] }
    for (const turn of TURNS) {
      // The tuning stays when the service stops.
      await vm.output(['systemctl', turn === 'with' ? 'start' : 'stop', 'quietcore.service'], {
        timeoutMs: 600_000,
      })
      await pause(5_000)
      const text = await vm.output(CYCLICTEST)
      const all = allCpus(parseLatency(Buffer.from(text)).measurements[0]!)[0]!
      medians[turn].push(percentile(all.histogram!, 50)!.us)
    }
    const p = permutationP(medians.with, medians.without)
    console.log(
      `medians with the service ${medians.with} µs, without ${medians.without} µs: p = ${p.toFixed(3)}`,
    )
    expect(p).toBeGreaterThan(0.01)
  })
})
