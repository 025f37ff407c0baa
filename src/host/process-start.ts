import { readFileSync } from 'node:fs'

/**
 * Field 22 of /proc/PID/stat, clock ticks after boot: with the pid it names a process for ever. Of this machine, whatever
 * the root directory. Undefined when there is no such process.
 */
export function processStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
