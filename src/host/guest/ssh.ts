import { MachineError } from '../../core/errors.ts'
import type { GuestAddress } from '../../core/gate/guest-address.ts'
import type { Runner } from '../ports.ts'
import type { Guest } from './guest.ts'
import { quoteWords } from './quote.ts'

/** ssh(1): the exit status of ssh's own errors. */
const SSH_FAILED = 255
/** No prompt, no terminal; a guest that falls silent for a minute is given up. Host keys are checked as ssh is set up. */
const OPTIONS = [
  '-T',
  '-x',
  '-a',
  ...['BatchMode=yes', 'ConnectTimeout=15', 'ServerAliveInterval=15', 'ServerAliveCountMax=4'].flatMap(
    (option) => ['-o', option],
  ),
]

/** A guest by the system's ssh. @param sshOptions more of ssh's options, as `Port=2222` (ssh_config(5)) */
export function sshGuest(
  address: Extract<GuestAddress, { by: 'ssh' }>,
  runner: Runner,
  sshOptions: readonly string[] = [],
): Guest {
  const { name, host, user, port } = address
  const argv = [
    'ssh',
    // ssh takes the first value of an option: the operator's own come first.
    ...sshOptions.flatMap((option) => ['-o', option]),
    ...OPTIONS,
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    host,
  ]
  return {
    name,
    async run(words, { timeoutMs, signal } = {}) {
      const result = await runner.run([...argv, quoteWords(words)], {
        ownSession: true,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(signal === undefined ? {} : { signal }),
      })
      const { exitCode, stdout, stderr, timedOut } = result
      if (signal?.aborted) throw interrupted(name)
      if (timedOut) throw timeout(name, timeoutMs!)
      // The program in the guest may end with 255 as well; then it has said something.
      if (exitCode === SSH_FAILED && stdout === '') throw unreachable(name, stderr)
      return { exitCode, stdout, stderr }
    },
  }
}

function unreachable(name: string, stderr: string): MachineError {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Warning: Permanently added'))
  return new MachineError({
    code: 'guest-unreachable',
    message: `the guest ${name} cannot be reached by ssh: ${lines.at(-1) ?? 'ssh said nothing'}`,
    next: `Log in by hand once as the same user (ssh checks host keys and asks no password here), or give ssh's options with --ssh-option.`,
  })
}

export function timeout(name: string, timeoutMs: number): MachineError {
  return new MachineError({
    code: 'guest-timeout',
    message: `the guest ${name} did not answer within ${Math.round(timeoutMs / 1000)} s`,
    next: 'See whether it hangs or is overloaded, then try again.',
  })
}

export function interrupted(name: string): MachineError {
  return new MachineError({
    code: 'interrupted',
    message: `the wait for the guest ${name} was interrupted; a measurement there may still go on`,
  })
}
