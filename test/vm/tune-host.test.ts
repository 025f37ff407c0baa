import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  askFor,
  disagreements,
  HUGE_PAGES,
  hugePages,
  ISOLATED,
  PARAMETERS,
  POLICIES,
  tunedLive,
} from './asked.ts'
import { bootEntries, kernelThreadPolicies, sourcedParameters, wrongValues } from './checks.ts'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { atRest } from './driver/wait-for.ts'
import { installedVm } from './installed-vm.ts'
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
import { expectVerdicts } from './verdicts.ts'
import { wholeMachine } from './whole-machine.ts'

const PROFILE = 'realtime-virtual-host'

/** What quietcore keeps: the journal, and the measurements. */
const OWN_STATE = ['var/lib/quietcore']

describe('realtime-virtual-host on a machine with a PREEMPT_RT kernel', () => {
  let vm: Vm
  let filesAtFirst: string[]
  let wholeAtFirst: string[]
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
    vm = await prepared(installedVm, async (vm) => {
      // it moves interrupts by itself, and this is about what quietcore puts back; the guest's test runs with it
      await vm.output(['systemctl', 'disable', '--now', 'irqbalance.service'])
      await askFor(vm, PROFILE)
      await atRest(vm)
      unmovable = await unmovableIrqs(vm)
      filesAtFirst = await files(vm)
      wholeAtFirst = await wholeMachine(vm, OWN_STATE)
      liveAtFirst = await liveValues(vm)
      entriesAtFirst = await bootEntries(vm)
      cmdlineAtFirst = await vm.output(['cat', '/proc/cmdline'])
    })
  })

  afterAll(async () => {
    await vm?.destroy()
  })

  it('plan shows the command line and writes nothing', async () => {
    const { exitCode, stdout } = await quietcore(vm, 'plan', PROFILE, '--json')
    expect(exitCode).toBe(0)
    const { cmdline } = JSON.parse(stdout) as PlanAnswer
    expect(cmdline.running).toBe(cmdlineAtFirst.trim())
    expect(cmdline.wanted.split(' ')).toEqual(expect.arrayContaining(PARAMETERS))
    expect(difference(filesAtFirst, await files(vm))).toEqual([])
    expect(difference(liveAtFirst, await liveValues(vm))).toEqual([])
    expect((await vm.run(['test', '-e', '/var/lib/quietcore'])).exitCode).toBe(1)
  })

  it('apply does its part and says that a reboot is needed', async () => {
    const { exitCode, stdout, stderr } = await quietcore(vm, 'apply', PROFILE)
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
    expect(await hugePages(vm)).toEqual(HUGE_PAGES.applied)
    expect(kernelThreadPolicies(await threads(vm), Object.keys(POLICIES))).toEqual(POLICIES)
    expect(await wrongValues(vm, { '/sys/kernel/mm/ksm/run': '2' })).toEqual([])
  })

  it('a second apply changes nothing and says so', async () => {
    const { exitCode, stdout } = await quietcore(vm, 'apply', PROFILE)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('nothing was changed')
    expect(difference(filesApplied, await files(vm))).toEqual([])
  })

  it('after a reboot through GRUB the kernel isolates CPUs 2-3', async () => {
    const parameters = await sourcedParameters(vm)
    await vm.reboot()
    await atRest(vm)
    expect(vm.console()).toContain('GNU GRUB')
    expect(await vm.output(['cat', '/proc/cmdline'])).toBe(`${cmdlineAtFirst.trim()} ${parameters}\n`)
    expect(await wrongValues(vm, ISOLATED)).toEqual([])
    expect(await hugePages(vm)).toEqual(HUGE_PAGES.atBoot)
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
    const { exitCode, stdout } = await quietcore(vm, 'apply', PROFILE)
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('reboot is needed')
    expect(await tunedLive(vm, unmovable)).toEqual([])
    expect(await hugePages(vm)).toEqual(HUGE_PAGES.applied)
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
    expect((await quietcore(vm, 'apply', PROFILE)).exitCode).toBe(0)
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

  it('every tool measures the isolated CPUs, and the verdicts are right', () => expectVerdicts(vm))

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
    await atRest(vm)
    expect(await vm.output(['cat', '/proc/cmdline'])).toBe(cmdlineAtFirst)
    expect(await vm.output(['cat', '/sys/devices/system/cpu/isolated'])).toBe('\n')
    expect(await hugePages(vm)).toEqual({ node0: 0, node1: 0 })
    expect(difference(wholeAtFirst, await wholeMachine(vm, OWN_STATE))).toEqual([])
    expect(difference(liveAtFirst, await liveValues(vm))).toEqual([])
    const status = await quietcore(vm, 'status', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({ profile: null, rebootPending: false })
    expect(status.exitCode).toBe(0)
  })
})
