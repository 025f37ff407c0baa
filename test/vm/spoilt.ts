import type { Vm } from './driver/vm.ts'

/**
 * Runs `act` in a machine that a text of sh spoilt, and mends it afterwards, however `act` ended, by another text. That
 * runs at first, too, for a try that could not mend what it had spoilt: it bears a machine that is as it should be.
 */
export async function spoilt(vm: Vm, spoil: string, mend: string, act: () => Promise<void>): Promise<void> {
  await vm.shell(mend, SLOW)
  try {
    await vm.shell(spoil, SLOW)
    await act()
  } finally {
    await vm.shell(mend, SLOW)
  }
}

/** They may stop and start the service. */
const SLOW = { timeoutMs: 900_000 }
