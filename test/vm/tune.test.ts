import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bootEntries,
  kernelThreadPolicies,
  sourcedParameters,
  strayIrqs,
  strayThreads,
  wrongValues,
} from './checks.ts'
import { bootedVm } from './driver/booted-vm.ts'
import type { Vm } from './driver/vm.ts'
import { installQuietcore } from './install-quietcore.ts'
import {
  changedThreads,
  difference,
  files,
  irqAffinities,
  liveValues,
  type Thread,
  threads,
  unmovableIrqs,
} from './machine-state.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { inState, type PlanAnswer, quietcore, verified } from './quietcore-in.ts'

const HOUSEKEEPING = [0, 1]

/** What both realtime-virtual profiles ask of the kernel's live values when CPUs 2-3 are isolated. PREEMPT_RT has no THP. */
const LIVE_VALUES = {
  '/proc/sys/kernel/sched_rt_runtime_us': '-1',
  '/proc/sys/kernel/timer_migration': '0',
  '/proc/sys/vm/stat_interval': '10',
  '/proc/irq/default_smp_affinity': '3',
  '/sys/devices/virtual/workqueue/cpumask': '3',
}

const POLICIES = { ksoftirqd: ['FF 2'], ktimers: ['FF 2'], rcuc: ['FF 4'], rcub: ['FF 4'] }

const PARAMETERS = [
  'isolcpus=managed_irq,domain,2-3',
  'nohz_full=2-3',
  'rcu_nocbs=2-3',
  'irqaffinity=0-1',
  'skew_tick=1',
  'nosoftlockup',
]

describe('realtime-virtual-host on a machine with a PREEMPT_RT kernel', { timeout: 900_000 }, () => {
  let vm: Vm
  let filesAtFirst: string[]
  let liveAtFirst: string[]
  let entriesAtFirst: { normal: string[]; recovery: string[] }
  let cmdlineAtFirst: string
  let unmovable: string[]
  let liveBefore: string[]
  let irqsBefore: string[]
  let threadsBefore: Thread[]
  let filesApplied: string[]
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    vm = await bootedVm()
    // it moves interrupts by itself, and this is about what quietcore puts back; the guest below runs with it
    await vm.output(['systemctl', 'disable', '--now', 'irqbalance.service'])
    await installQuietcore(vm)
    unmovable = await unmovableIrqs(vm)
    filesAtFirst = await files(vm)
    liveAtFirst = await liveValues(vm)
    entriesAtFirst = await bootEntries(vm)
    cmdlineAtFirst = await vm.output(['cat', '/proc/cmdline'])
  })

  afterAll(async () => {
    await vm?.destroy()
  })

  it('plan shows the command line and writes nothing', async () => {
    const { exitCode, stdout } = await quietcore(
      vm,
      'plan',
      'realtime-virtual-host',
      '--isolated-cores',
      '2-3',
      '--json',
    )
    expect(exitCode).toBe(0)
    const { cmdline } = JSON.parse(stdout) as PlanAnswer
    expect(cmdline.running).toBe(cmdlineAtFirst.trim())
    expect(cmdline.wanted.split(' ')).toEqual(expect.arrayContaining(PARAMETERS))
    expect(difference(filesAtFirst, await files(vm))).toEqual([])
    expect(difference(liveAtFirst, await liveValues(vm))).toEqual([])
    expect((await vm.run(['test', '-e', '/var/lib/quietcore'])).exitCode).toBe(1)
  })

  it('apply does its part and says that a reboot is needed', async () => {
    const { exitCode, stdout, stderr } = await quietcore(
      vm,
      'apply',
      'realtime-virtual-host',
      '--isolated-cores',
      '2-3',
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('A reboot is needed')
    filesApplied = await files(vm)
  })

  it('verify and status are undecided before the reboot', async () => {
    const { exitCode, answer } = await verified(vm)
    expect(inState(answer, 'differs')).toEqual([])
    expect(inState(answer, 'unreadable')).toEqual([])
    expect(exitCode).toBe(4)
    const status = await quietcore(vm, 'status', '--json')
    expect(status.exitCode).toBe(4)
    expect(JSON.parse(status.stdout)).toMatchObject({ profile: 'realtime-virtual-host', rebootPending: true })
  })

  it('the boot menu has the parameters in normal entries, and recovery entries as they were', async () => {
    const sourced = await sourcedParameters(vm)
    expect(sourced.split(' ')).toEqual(expect.arrayContaining(PARAMETERS))
    const { normal, recovery } = await bootEntries(vm)
    expect(recovery).toEqual(entriesAtFirst.recovery)
    expect(recovery).not.toEqual([])
    expect(normal).toEqual(entriesAtFirst.normal.map((line) => `${line} ${sourced}`))
    expect((await vm.run(['grub-script-check', '/boot/grub/grub.cfg'])).exitCode).toBe(0)
  })

  it('the live part is there at once: kernel values, interrupts, kernel threads, tasks', async () => {
    expect(await tunedLive(vm, unmovable)).toEqual([])
    expect(kernelThreadPolicies(await threads(vm), Object.keys(POLICIES))).toEqual(POLICIES)
    expect(await wrongValues(vm, { '/sys/kernel/mm/ksm/run': '2' })).toEqual([])
  })

  it('a second apply changes nothing and says so', async () => {
    const { exitCode, stdout } = await quietcore(
      vm,
      'apply',
      'realtime-virtual-host',
      '--isolated-cores',
      '2-3',
    )
    expect(exitCode).toBe(0)
    expect(stdout).toContain('nothing was changed')
    expect(difference(filesApplied, await files(vm))).toEqual([])
  })

  it('after a reboot through GRUB the kernel isolates CPUs 2-3', async () => {
    const parameters = await sourcedParameters(vm)
    await vm.reboot()
    await vm.run(['systemctl', 'is-system-running', '--wait'])
    expect(vm.console()).toContain('GNU GRUB')
    expect(await vm.output(['cat', '/proc/cmdline'])).toBe(`${cmdlineAtFirst.trim()} ${parameters}\n`)
    expect(
      await wrongValues(vm, {
        '/sys/devices/system/cpu/isolated': '2-3',
        '/sys/devices/system/cpu/nohz_full': '2-3',
        '/proc/irq/default_smp_affinity': '3',
      }),
    ).toEqual([])
    liveBefore = await liveValues(vm)
    irqsBefore = await irqAffinities(vm)
    threadsBefore = await threads(vm)
    unmovable = await unmovableIrqs(vm)
  })

  it('the kernel forgot the live part, and verify says so', async () => {
    const { exitCode, answer } = await verified(vm)
    expect(exitCode).toBe(1)
    expect(inState(answer, 'pending-reboot')).toEqual([])
    expect(inState(answer, 'differs').join('\n')).toContain('sched_rt_runtime_us')
  })

  it('applied again, the machine is as asked, and verify agrees', async () => {
    const { exitCode, stdout } = await quietcore(
      vm,
      'apply',
      'realtime-virtual-host',
      '--isolated-cores',
      '2-3',
    )
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('reboot is needed')
    expect(await tunedLive(vm, unmovable)).toEqual([])
    expect(kernelThreadPolicies(await threads(vm), Object.keys(POLICIES))).toEqual(POLICIES)
    const { exitCode: verdict, answer } = await verified(vm)
    for (const state of ['differs', 'pending-reboot', 'unreadable'] as const)
      expect(inState(answer, state)).toEqual([])
    expect(verdict).toBe(0)
    console.log(`cannot be set here:\n${inState(answer, 'unsupported').join('\n')}`)
    expect(await disagreements(vm, answer)).toEqual([])
    expect((await quietcore(vm, 'status')).exitCode).toBe(0)
  })

  it('verify sees a value that somebody changed', async () => {
    await vm.output(['sysctl', '-qw', 'kernel.timer_migration=1'])
    await vm.output(['chrt', '-f', '-p', '9', (await vm.output(['pgrep', '-x', 'ksoftirqd/2'])).trim()])
    const { exitCode, answer } = await verified(vm)
    expect(exitCode).toBe(1)
    const differing = inState(answer, 'differs')
    expect(differing).toHaveLength(2)
    expect(differing.join('\n')).toMatch(/timer_migration/)
    expect(differing.join('\n')).toMatch(/ksoftirqd/)
    expect((await quietcore(vm, 'apply', 'realtime-virtual-host', '--isolated-cores', '2-3')).exitCode).toBe(
      0,
    )
    expect((await verified(vm)).exitCode).toBe(0)
  })

  it("KVM's module has the profile's parameters when it loads", async () => {
    await vm.output(['modprobe', 'kvm'])
    const amd = await vm.run(['modprobe', 'kvm_amd'])
    if (amd.exitCode !== 0) console.log(`kvm_amd does not load on emulated CPUs: ${amd.stderr.trim()}`)
    expect(
      await wrongValues(vm, {
        '/sys/module/kvm/parameters/kvmclock_periodic_sync': 'N',
        '/sys/module/kvm/parameters/nx_huge_pages': 'N',
      }),
    ).toEqual([])
    const { exitCode, answer } = await verified(vm)
    expect(inState(answer, 'differs')).toEqual([])
    expect(exitCode).toBe(0)
  })

  it('off puts back the files byte for byte and the live values as this boot began', async () => {
    const { exitCode, stdout, stderr } = await quietcore(vm, 'off')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('Profile realtime-virtual-host is off')
    expect(stdout).toContain('reboot to be rid of them')
    expect(difference(filesAtFirst, await files(vm))).toEqual([])
    expect(difference(liveBefore, await liveValues(vm))).toEqual([])
    expect(difference(irqsBefore, await irqAffinities(vm))).toEqual([])
    expect(changedThreads(threadsBefore, await threads(vm))).toEqual([])
  })

  it('after another reboot the machine is as it was at the start', async () => {
    await vm.reboot()
    await vm.run(['systemctl', 'is-system-running', '--wait'])
    expect(await vm.output(['cat', '/proc/cmdline'])).toBe(cmdlineAtFirst)
    expect(await vm.output(['cat', '/sys/devices/system/cpu/isolated'])).toBe('\n')
    expect(difference(filesAtFirst, await files(vm))).toEqual([])
    expect(difference(liveAtFirst, await liveValues(vm))).toEqual([])
    const status = await quietcore(vm, 'status', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({ profile: null, rebootPending: false })
    expect(status.exitCode).toBe(0)
  })

  it('realtime-virtual-guest with irqbalance running: applied, no interrupt strays, and off without a trace', async () => {
    await vm.output(['systemctl', 'enable', '--now', 'irqbalance.service'])
    const [filesHere, liveHere, threadsHere] = [await files(vm), await liveValues(vm), await threads(vm)]
    const applied = await quietcore(vm, 'apply', 'realtime-virtual-guest', '--isolated-cores', '2-3')
    expect(applied.exitCode).toBe(0)
    expect((await sourcedParameters(vm)).split(' ')).toEqual(expect.arrayContaining(PARAMETERS))
    // irqbalance looks every 10 s
    await vm.output(['sleep', '21'])
    expect(await tunedLive(vm, unmovable)).toEqual([])
    expect(kernelThreadPolicies(await threads(vm), Object.keys(POLICIES))).toEqual(POLICIES)
    expect((await verified(vm)).exitCode).toBe(4)
    expect((await quietcore(vm, 'off')).exitCode).toBe(0)
    expect(difference(filesHere, await files(vm))).toEqual([])
    expect(difference(liveHere, await liveValues(vm))).toEqual([])
    expect(changedThreads(threadsHere, await threads(vm))).toEqual([])
    expect((await vm.output(['systemctl', 'is-active', 'irqbalance.service'])).trim()).toBe('active')
  })
})

/** What is wrong with the live part of a tuned machine. */
async function tunedLive(vm: Vm, unmovable: readonly string[]): Promise<string[]> {
  return [
    ...(await wrongValues(vm, LIVE_VALUES)),
    ...(await strayIrqs(vm, HOUSEKEEPING, unmovable)),
    ...(await strayThreads(vm, HOUSEKEEPING)),
  ]
}

/** Settings of one file each whose `have` is not what `cat` finds there. */
async function disagreements(vm: Vm, answer: PlanAnswer): Promise<string[]> {
  const asked = answer.settings.filter(
    ({ target, have }) => /^\/(proc|sys)\/[^ ]+$/.test(target) && have !== null,
  )
  expect(asked.length).toBeGreaterThan(5)
  const lines: string[] = []
  for (const { target, have } of asked) {
    const found = (await vm.output(['cat', target])).trim()
    if (found !== have?.trim()) lines.push(`${target}: quietcore has ${have}, cat finds ${found}`)
  }
  return lines
}
