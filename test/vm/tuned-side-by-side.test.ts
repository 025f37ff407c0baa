import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootedVm } from './driver/booted-vm.ts'
import { prepared } from './driver/prepared.ts'
import type { CommandResult } from './driver/ssh.ts'
import type { Vm } from './driver/vm.ts'
import { installQuietcore } from './install-quietcore.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { inState, quietcore, verified } from './quietcore-in.ts'
import { differences, unsettled } from './tuned/compare.ts'
import { EXPLAINED } from './tuned/explained.ts'
import { costs, type Figures, idle, type Side } from './tuned/figures.ts'
import { differenceTable, figureTable, withSection } from './tuned/page.ts'
import { TUNED } from './tuned/recipe.ts'
import {
  afterReboot,
  chooseCpus,
  complaints,
  givePerf,
  PROFILE,
  switchTuned,
  tunedSettled,
} from './tuned/sides.ts'
import type { Snapshot } from './tuned/snapshot.ts'

const PAGE = fileURLToPath(new URL('../../docs/tuned.md', import.meta.url))
const FIGURES = fileURLToPath(new URL('tuned/figures.json', import.meta.url))
const RUNS = 5

/** What the profile asks and this machine has not; quietcore's verify gives the reason of each. */
const IMPOSSIBLE = [
  '/dev/cpu_dma_latency',
  '/proc/sys/kernel/numa_balancing',
  '/proc/sys/net/core/busy_poll',
  '/proc/sys/net/core/busy_read',
  '/sys/devices/system/cpu/cpu*/power/energy_perf_bias',
  '/sys/devices/system/cpu/cpufreq',
  '/sys/devices/system/cpu/intel_pstate/min_perf_pct',
  '/sys/kernel/ktimer_lockless_check',
  '/sys/kernel/mm/transparent_hugepage/enabled',
  '/usr/lib/tuned/realtime/script.sh',
  '[rtentsk]',
  'enp0s2 channels combined',
  'irq virtio2-req.0',
  'irq virtio2-req.1',
  'threads ^\\[ktimersoftd',
]

/** What fails in TuneD's verify, as its log has it. */
const COMPLAINTS = [
  "plugins.base: verify: failed: 'kernel.numa_balancing' = 'None', expected ''",
  "plugins.base: verify: failed: 'net.core.busy_poll' = 'None', expected '50'",
  "plugins.base: verify: failed: 'net.core.busy_read' = 'None', expected '50'",
  "plugins.plugin_net: unknown channels parameter(s): {'check_net_queue_count'}",
  "plugins.plugin_script: script '/usr/lib/tuned/realtime/script.sh' returned error code: 127",
  "plugins.plugin_script: verify: failed: '['/usr/lib/tuned/realtime/script.sh', '/usr/lib/tuned/realtime-virtual-host/script.sh']'",
  "plugins.plugin_sysctl: Failed to read sysctl parameter 'kernel.numa_balancing', the parameter does not exist",
  "plugins.plugin_sysctl: Failed to read sysctl parameter 'net.core.busy_poll', the parameter does not exist",
  "plugins.plugin_sysctl: Failed to read sysctl parameter 'net.core.busy_read', the parameter does not exist",
]

/** `scripts/tuned-table` sets it. */
const measuring = process.env.QUIETCORE_TUNED_FIGURES !== undefined

// two boots of a busy machine, each with its wait for rest, take longer than the usual limit
describe('realtime-virtual-host applied by TuneD and by quietcore from one file', {
  timeout: 3_600_000,
}, () => {
  let vm: Vm
  let asPackaged: CommandResult[]
  let byTuned: [Snapshot, Snapshot]
  let byQuietcore: [Snapshot, Snapshot]
  let tuned: Side
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    vm = await prepared(
      () => bootedVm(TUNED),
      async (vm) => {
        await installQuietcore(vm)
        await chooseCpus(vm)
        asPackaged = []
        for (const plugin of ['plugin_scheduler', 'plugin_irqbalance'])
          asPackaged.push(await vm.run(['python3', '-c', `import tuned.plugins.${plugin}`]))
        await givePerf(vm)
        await vm.output(['sync'])
        await vm.saveState('ready')
      },
    )
  })

  /** Where both programs begin, and each try of theirs. */
  const makeReady = async () => {
    await vm.cutPower()
    await vm.start({ fromState: 'ready' })
  }

  afterAll(async () => {
    await vm?.destroy()
  })

  it('as Debian packages TuneD, its scheduler and irqbalance plugins do not load: Python has no module perf', () => {
    for (const loaded of asPackaged) {
      expect(loaded.exitCode).toBe(1)
      expect(loaded.stderr).toContain("ModuleNotFoundError: No module named 'perf'")
    }
  })

  it('TuneD applies it', async () => {
    await makeReady()
    const { exitCode, stdout, stderr } = await switchTuned(vm)
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    const look = () => afterReboot(vm, () => tunedSettled(vm))
    byTuned = [await look(), await look()]
  })

  it("TuneD's own verify fails after the reboot, on what this machine has not", async () => {
    const { exitCode, stdout } = await vm.run(['tuned-adm', 'verify'], { timeoutMs: 600_000 })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('current system settings differ from the preset profile')
    // and, on some boots, an interrupt or a thread that came after it had looked
    expect(await complaints(vm)).toEqual(expect.arrayContaining(COMPLAINTS))
  })

  if (measuring)
    it('what TuneD costs', async () => {
      const unit = 'tuned.service'
      const version = (await vm.output(['dpkg-query', '-Wf', '${Version}', 'tuned'])).trim()
      const atRest = await idle(vm, unit)
      const tunedAdm = (...args: string[]) => ['tuned-adm', ...args]
      tuned = {
        version,
        idle: atRest,
        costs: {
          ...(await costs(
            vm,
            unit,
            { verify: tunedAdm('verify'), status: tunedAdm('active'), list: tunedAdm('list') },
            RUNS,
          )),
          ...(await costs(vm, unit, { again: tunedAdm('profile', 'realtime-virtual-host') }, RUNS)),
          ...(await costs(
            vm,
            unit,
            { off: tunedAdm('off'), apply: tunedAdm('profile', 'realtime-virtual-host') },
            RUNS,
          )),
        },
      }
    })

  it('quietcore applies it from the unmodified file, on the same disk', async () => {
    await makeReady()
    const untouched = await vm.run(['dpkg', '--verify', 'tuned'])
    expect(untouched.stdout).toBe('??5?????? c /etc/tuned/realtime-virtual-host-variables.conf\n')
    const { exitCode, stderr } = await quietcore(vm, 'apply', PROFILE)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const look = () => afterReboot(vm, () => quietcore(vm, 'apply', PROFILE))
    byQuietcore = [await look(), await look()]
  })

  it("quietcore's verify passes after the reboot", async () => {
    const { exitCode, answer } = await verified(vm)
    for (const state of ['differs', 'pending-reboot', 'unreadable'] as const)
      expect(inState(answer, state)).toEqual([])
    expect(exitCode).toBe(0)
    const impossible = answer.settings.filter(({ state }) => state === 'unsupported')
    // an interrupt has another number at another boot
    const targets = impossible.map(({ target }) => target.replace(/^irq \d+ /, 'irq '))
    expect(targets.sort()).toEqual(IMPOSSIBLE)
  })

  if (measuring)
    it('what quietcore costs', async () => {
      const unit = 'quietcore.service'
      const version = (await vm.output(['quietcore', '--version'])).trim().replace(/^quietcore /, '')
      const hasService = (await vm.run(['quietcore', 'daemon', '--help'])).exitCode === 0
      if (hasService) await vm.output(['systemctl', 'start', unit])
      const atRest = hasService ? await idle(vm, unit) : null
      const ours = (...args: string[]) => ['quietcore', ...args]
      const figures: Figures = {
        date: new Date().toISOString().slice(0, 10),
        machine: await machineKind(vm),
        hostLoad: Math.round((loadavg()[2] ?? 0) * 10) / 10,
        hostCpus: availableParallelism(),
        tuned,
        quietcore: {
          version,
          idle: atRest,
          costs: {
            ...(await costs(
              vm,
              unit,
              { verify: ours('verify'), status: ours('status'), list: ours('list') },
              RUNS,
            )),
            ...(await costs(vm, unit, { again: ours('apply', PROFILE) }, RUNS)),
            ...(await costs(vm, unit, { off: ours('off'), apply: ours('apply', PROFILE) }, RUNS)),
          },
        },
      }
      writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`)
      const page = withSection(readFileSync(PAGE, 'utf8'), 'figures', figureTable(figures))
      writeFileSync(PAGE, withSection(page, 'differences', differenceTable(EXPLAINED)))
    })

  it('every difference between the two machines is explained, and every explanation is needed', () => {
    expect(unsettled(differences(byTuned, ...byQuietcore), EXPLAINED)).toEqual({
      unexplained: [],
      unneeded: [],
    })
  })
})

async function machineKind(vm: Vm): Promise<string> {
  const cpu = /^model name\s*: (.*)$/m.exec(await vm.output(['cat', '/proc/cpuinfo']))?.[1]
  const kernel = (await vm.output(['uname', '-r'])).trim()
  return `virtual machine of 4 emulated CPUs (${cpu}), Debian 12, kernel ${kernel}`
}
