import type { Vm } from './vm.ts'
import { isVmError, NO_ANSWER } from './vm-error.ts'

/** Faults of the machine or of the host under it, not of what is tested. */
const OF_THE_MACHINE = [...NO_ANSWER, 'does-not-boot']

/**
 * A machine brought to where tests begin. Vitest tries a test once more and a hook never: when the machine itself fails
 * meanwhile, it is destroyed and another one prepared, and the reason printed. Any other error is one at once.
 */
export async function prepared(
  make: () => Promise<Vm>,
  prepare: (vm: Vm) => Promise<unknown> = async () => {},
): Promise<Vm> {
  const once = async () => orDestroyed(await make(), prepare)
  try {
    return await once()
  } catch (error) {
    if (!isVmError(error, OF_THE_MACHINE)) throw error
    console.error(`a machine is prepared once more, because of ${error.code}: ${error.message}`)
    return once()
  }
}

/** The machine after `prepare`; destroyed when that fails, because nobody else holds it yet. */
export async function orDestroyed(vm: Vm, prepare: (vm: Vm) => Promise<unknown>): Promise<Vm> {
  try {
    await prepare(vm)
    return vm
  } catch (error) {
    await vm.destroy()
    throw error
  }
}
