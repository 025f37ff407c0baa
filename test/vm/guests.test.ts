import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshVm } from './driver/fresh-vm.ts'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { printConsoleOnFailure } from './print-console.ts'

/** A guest of one vCPU in real mode that prints a digit and halts. */
const GUEST = readFileSync(new URL('image/tiny-guest.py', import.meta.url), 'utf8')

describe('a virtual machine that has guests of its own', () => {
  let vm: Vm
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    vm = await prepared(
      () => freshVm({ shape: { hasGuests: true } }),
      (vm) => vm.start(),
    )
  })
  afterAll(() => vm?.destroy())

  it('loads KVM for AMD with nested paging on its PREEMPT_RT kernel', async () => {
    await vm.output(['modprobe', 'kvm_amd'])
    const npt = await vm.shell(
      'cat /sys/kernel/realtime /sys/module/kvm_amd/parameters/npt; test -c /dev/kvm',
    )
    expect(npt).toBe('1\nY\n')
  })

  it('runs a guest', async () => {
    const told = await vm.output(['python3', '-c', GUEST])
    expect(told).toBe('said 5\nhalted\n')
  })
})
