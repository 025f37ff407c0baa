import { BOOT_S, COMMAND_S } from './limits.ts'
import { pause } from './qemu.ts'
import type { Vm } from './vm.ts'
import { isVmError, NO_ANSWER, VmError } from './vm-error.ts'

/**
 * Waits until a text of sh succeeds in the machine. It is asked again and again, a short run each: a long silent one
 * would end with the first connection that a busy host loses, and nobody would know how far it was. The text may run
 * any number of times.
 * @throws VmError `not-in-time`
 */
export async function waitFor(vm: Vm, condition: string, seconds: number = COMMAND_S): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await holds(vm, condition))) {
    if (performance.now() > deadline)
      throw new VmError('not-in-time', `not within ${seconds} s: ${condition}`)
    await pause(1000)
  }
}

/** Waits until systemd has come to the end of the boot (a unit may have failed), and udev to the end of its events. */
export async function atRest(vm: Vm): Promise<void> {
  await waitFor(vm, "systemctl is-system-running | grep -qxE 'running|degraded'", BOOT_S)
  await udevAtRest(vm)
}

/** Waits until udev has handled all that the kernel has told it. */
export function udevAtRest(vm: Vm): Promise<void> {
  return waitFor(vm, 'udevadm settle --timeout=60')
}

async function holds(vm: Vm, condition: string): Promise<boolean> {
  const script = `if ${condition}; then exit 0; else exit 1; fi`
  try {
    return (await vm.run(['sh', '-eu'], { input: script, timeoutMs: 120_000 })).exitCode === 0
  } catch (error) {
    if (isVmError(error, NO_ANSWER)) return false
    throw error
  }
}
