import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { lastLines } from './console.ts'
import { COMMAND_S } from './limits.ts'
import { VmError } from './vm-error.ts'

/** How a machine is reached. */
export interface SshTarget {
  port: number
  keyFile: string
  /** holds the machine's host key under the name HOST_ALIAS */
  knownHostsFile: string
  /** socket of the shared connection; a path of at most 90 bytes */
  controlSocket: string
  /** a file of this machine that ssh's own messages are appended to */
  logFile: string
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
  /** default COMMAND_S: emulated CPUs are slow */
  timeoutMs?: number
  /** neither takes the shared connection nor becomes it, for a machine that may be on its way down */
  apart?: boolean
}

/** The arguments of ssh up to the command. One connection is shared, because a handshake takes a second in there. */
export function sshArgv(target: SshTarget, apart = false): string[] {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '60',
    // a machine that shares its CPUs was seen silent for more than a minute; each command has its own time limit
    ServerAliveInterval: '10',
    ServerAliveCountMax: '30',
    HostKeyAlias: HOST_ALIAS,
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: target.knownHostsFile,
    IdentityFile: target.keyFile,
    IdentitiesOnly: 'yes',
    ControlMaster: apart ? 'no' : 'auto',
    ControlPersist: apart ? 'no' : 'yes',
    ControlPath: apart ? 'none' : target.controlSocket,
    LogLevel: 'VERBOSE',
  }
  const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return ['-F', 'none', '-E', target.logFile, '-p', String(target.port), ...settings, 'root@127.0.0.1']
}

/**
 * Runs a program of the machine; its arguments reach it byte for byte. Every exit code is an answer.
 * @throws VmError `connection-lost` (ssh's own 255) with the end of ssh's log, `command-timeout`, `command-killed`
 */
export async function sshRun(
  target: SshTarget,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? COMMAND_S * 1000
  const apart = options.apart ?? false
  const command = argv.join(' ')
  const result = await execa('ssh', [...sshArgv(target, apart), '--', argv.map(quoted).join(' ')], {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 2 ** 20,
    timeout: timeoutMs,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  })
  const { exitCode, stdout, stderr } = result
  if (result.timedOut) {
    throw new VmError('command-timeout', `${command}: no answer in ${timeoutMs / 1000} s\n${stdout}${stderr}`)
  }
  if (exitCode === 255 && !apart && (await isConnected(target))) {
    throw new VmError(
      'command-killed',
      `${command}: a signal ended it, or it ended with 255; the connection is up\n${stdout}${stderr}`,
    )
  }
  if (exitCode === undefined || exitCode === 255) {
    const log = lastLines(readFileSync(target.logFile, 'utf8'), 15)
    throw new VmError(
      'connection-lost',
      `${command}: the connection ended\n${stderr}--- end of ssh's log:\n${log}\n---`,
      result.cause,
    )
  }
  return { argv, exitCode, stdout, stderr }
}

/** Ends the shared connection; it is fine when there is none. */
export async function sshClose(target: SshTarget): Promise<void> {
  await askMaster(target, 'exit')
}

/** ssh ends with 255 for a lost connection and for a program that a signal ended: only the connection itself tells. */
async function isConnected(target: SshTarget): Promise<boolean> {
  return (await askMaster(target, 'check')) === 0
}

/** Exit code of a request to the ssh process that holds the shared connection. */
async function askMaster(target: SshTarget, request: 'check' | 'exit'): Promise<number | undefined> {
  const argv = [...sshArgv(target).slice(0, -1), '-O', request, 'root@127.0.0.1']
  return (await execa('ssh', argv, { reject: false, timeout: 60_000 })).exitCode
}

/** One word for a POSIX shell, whatever is in it. */
export function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`
}
