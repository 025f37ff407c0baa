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
import { kernelThreadPolicies, sourcedParameters, wrongValues } from './checks.ts'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { atRest } from './driver/wait-for.ts'
import { expectGate } from './gate-in.ts'
import { installedVm } from './installed-vm.ts'
import {
  changedThreads,
  difference,
  files,
  liveValues,
  type Thread,
  threads,
  unmovableIrqs,
} from './machine-state.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { inState, quietcore, verified } from './quietcore-in.ts'
import { expectVerdicts } from './verdicts.ts'
import { wholeMachine } from './whole-machine.ts'

const PROFILE = 'realtime-virtual-guest'

describe('realtime-virtual-guest with irqbalance running', () => {
  let vm: Vm
  let wholeAtFirst: string[]
  let filesAtFirst: string[]
  let cmdlineAtFirst: string
  let unmovable: string[]
  let liveBefore: string[]
  let threadsBefore: Thread[]
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    vm = await prepared(installedVm, async (vm) => {
      await askFor(vm, PROFILE)
      await atRest(vm)
      unmovable = await unmovableIrqs(vm)
      filesAtFirst = await files(vm)
      wholeAtFirst = await wholeMachine(vm, ['var/lib/quietcore'])
      cmdlineAtFirst = (await vm.output(['cat', '/proc/cmdline'])).trim()
    })
  })

  afterAll(async () => {
    await vm?.destroy()
  })

  it('apply does its part, verify and status wait for the reboot', async () => {
    const applied = await quietcore(vm, 'apply', PROFILE)
    expect(applied.exitCode).toBe(0)
    expect(applied.stdout).toContain('A reboot is needed')
    expect((await sourcedParameters(vm)).split(' ')).toEqual(expect.arrayContaining(PARAMETERS))
    expect((await verified(vm)).exitCode).toBe(4)
    expect((await quietcore(vm, 'status')).exitCode).toBe(4)
  })

  it('after a reboot through GRUB the kernel isolates CPUs 2-3', async () => {
    const parameters = await sourcedParameters(vm)
    await vm.reboot()
    await atRest(vm)
    expect(await vm.output(['cat', '/proc/cmdline'])).toBe(`${cmdlineAtFirst} ${parameters}\n`)
    expect(await wrongValues(vm, ISOLATED)).toEqual([])
    expect(await hugePages(vm)).toEqual(HUGE_PAGES.atBoot)
    liveBefore = await liveValues(vm)
    threadsBefore = await threads(vm)
    unmovable = await unmovableIrqs(vm)
  })

  it('applied again, the machine is as asked and stays so beside irqbalance, and verify agrees', async () => {
    const { exitCode, stdout } = await quietcore(vm, 'apply', PROFILE)
    expect(exitCode).toBe(0)
    expect(stdout).not.toContain('reboot is needed')
    // irqbalance looks every 10 s
    await vm.output(['sleep', '21'])
    expect(await tunedLive(vm, unmovable)).toEqual([])
    expect(await hugePages(vm)).toEqual(HUGE_PAGES.applied)
    expect(kernelThreadPolicies(await threads(vm), Object.keys(POLICIES))).toEqual(POLICIES)
    const { exitCode: verdict, answer } = await verified(vm)
    for (const state of ['differs', 'pending-reboot', 'unreadable'] as const)
      expect(inState(answer, state)).toEqual([])
    expect(verdict).toBe(0)
    expect(await disagreements(vm, answer)).toEqual([])
    expect((await quietcore(vm, 'status')).exitCode).toBe(0)
  })

  it('every tool measures the isolated CPUs, and the verdicts are right', () => expectVerdicts(vm))

  it('the gate of its host has its verify, and a run of it, by ssh', () => expectGate(vm, PROFILE))

  it('off puts back the files byte for byte and the live values as this boot began', async () => {
    expect((await quietcore(vm, 'off')).exitCode).toBe(0)
    expect(difference(filesAtFirst, await files(vm))).toEqual([])
    expect(difference(liveBefore, await liveValues(vm))).toEqual([])
    expect(changedThreads(threadsBefore, await threads(vm))).toEqual([])
    expect((await vm.output(['systemctl', 'is-active', 'irqbalance.service'])).trim()).toBe('active')
  })

  it('after another reboot the machine is as it was at the start, file by file', async () => {
    await vm.reboot()
    await atRest(vm)
    expect(await vm.output(['cat', '/proc/cmdline'])).toBe(`${cmdlineAtFirst}\n`)
    expect(await wrongValues(vm, { '/sys/devices/system/cpu/isolated': '' })).toEqual([])
    expect(await hugePages(vm)).toEqual({ node0: 0, node1: 0 })
    expect(difference(wholeAtFirst, await wholeMachine(vm, ['var/lib/quietcore']))).toEqual([])
  })
})
