import { execa } from 'execa'
import { VmError } from './vm-error.ts'

/** How a machine is reached. */
export interface SshTarget {
  port: number
  keyFile: string
  /** holds the machine's host key under the name HOST_ALIAS */
  knownHostsFile: string
  /** socket of the shared connection; a path of at most 90 bytes */
  controlSocket: string
}

export const HOST_ALIAS = 'quietcore-vm'

export interface CommandResult {
  argv: readonly string[]
  exitCode: number
  stdout: string
  stderr: string
}

export interface CommandOptions {
  input?: string | Buffer
  /** default 120 s: emulated CPUs are slow */
  timeoutMs?: number
}

/** The arguments of ssh up to the command. One connection is shared, because a handshake takes a second in there. */
export function sshArgv(target: SshTarget): string[] {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '10',
    // a machine that shares its CPUs was seen silent for more than a minute; each command has its own time limit
    ServerAliveInterval: '10',
    ServerAliveCountMax: '30',
    HostKeyAlias: HOST_ALIAS,
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: target.knownHostsFile,
    IdentityFile: target.keyFile,
    IdentitiesOnly: 'yes',
    ControlMaster: 'auto',
    ControlPersist: 'yes',
    ControlPath: target.controlSocket,
    LogLevel: 'ERROR',
  }
  const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return ['-F', 'none', '-p', String(target.port), ...settings, 'root@127.0.0.1']
}

/**
 * Runs a program of the machine; its arguments reach it byte for byte. Every exit code is an answer.
 * @throws VmError `connection-lost` (ssh's own 255), `command-timeout`
 */
export async function sshRun(
  target: SshTarget,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await execa('ssh', [...sshArgv(target), '--', argv.map(quoted).join(' ')], {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 2 ** 20,
    timeout: options.timeoutMs ?? 120_000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  })
  const { stdout, stderr } = result
  if (result.timedOut) {
    throw new VmError(
      'command-timeout',
      `${argv.join(' ')}: no answer in ${(options.timeoutMs ?? 120_000) / 1000} s\n${stdout}${stderr}`,
    )
  }
  if (result.exitCode === undefined || result.exitCode === 255) {
    throw new VmError('connection-lost', `${argv.join(' ')}: the connection ended\n${stderr}`, result.cause)
  }
  return { argv, exitCode: result.exitCode, stdout, stderr }
}

/** Ends the shared connection; it is fine when there is none. */
export async function sshClose(target: SshTarget): Promise<void> {
  await execa('ssh', [...sshArgv(target).slice(0, -1), '-O', 'exit', 'root@127.0.0.1'], { reject: false })
}

/** One word for a POSIX shell, whatever is in it. */
export function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`
}
