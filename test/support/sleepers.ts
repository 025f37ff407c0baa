import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Does nothing, for a time that no other sleep of this machine has. */
export const SLEEP = ['sleep', `60.${process.pid}`] as const

/**
 * Waits until so many processes are `SLEEP`. Node's `spawn` event comes before exec(2) is over, and so do the programs
 * that start it (chrt, taskset): the command line is the last that becomes the sleep's own.
 */
export async function untilAsleep(count: number): Promise<void> {
  const asleep = () => readdirSync('/proc').filter((pid) => commandLineOf(pid) === `${SLEEP.join('\0')}\0`)
  await expect.poll(() => asleep().length, { timeout: 60_000 }).toBe(count)
}

/** The command line as the kernel has it, with a NUL behind each word; empty of a process that has ended. */
export function commandLineOf(pid: number | string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
