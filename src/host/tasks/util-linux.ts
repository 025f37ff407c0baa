import { MachineError } from '../../core/errors.ts'
import type { Runner } from '../ports.ts'

/** Two at a time: starting a program is most of the work, and more would only disturb the machine. */
const AT_ONCE = 2

/**
 * Runs a util-linux program once for each list of arguments, all below one xargs(1): Node needs about 5 ms to start a
 * child, xargs below 1 ms. No shell sees the arguments, which are numbers, CPU lists and options; one that fails does
 * not stop the rest (xargs stops only at exit code 255).
 * @param argsOfEach all of the same length; the last one is the thread's number
 * @returns what the program said against a thread, by thread
 * @throws MachineError `no-such-program`
 */
export async function runForEach(
  runner: Runner,
  command: readonly string[],
  argsOfEach: readonly (readonly string[])[],
): Promise<Map<number, string>> {
  if (argsOfEach.length === 0) return new Map()
  const program = runner.find(command[0]!)
  if (program === undefined) {
    throw new MachineError({
      code: 'no-such-program',
      message: `the program ${command[0]} is not there; it sets CPUs and policies of threads`,
      next: 'Install util-linux.',
    })
  }
  const each = argsOfEach[0]!.length
  const { stderr } = await runner.run(
    ['xargs', '-n', `${each}`, '-P', `${AT_ONCE}`, program, ...command.slice(1)],
    { input: argsOfEach.map((args) => args.join(' ')).join('\n'), env: { LC_ALL: 'C' } },
  )
  return complaints(stderr)
}

/** `taskset: failed to set pid 14's affinity: Invalid argument` → 14: invalid argument */
function complaints(stderr: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const line of stderr.split('\n')) {
    const match = /^[a-z]+: failed to \w+ (?:pid|tid) (\d+)'s [a-z ]+: (.+)$/.exec(line)
    if (match) found.set(Number(match[1]), `the kernel refuses it: ${match[2]!.toLowerCase()}`)
  }
  return found
}
