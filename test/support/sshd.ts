import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** A real sshd of its own on 127.0.0.1: keys, configuration and host key are its own. */
export interface Sshd {
  user: string
  port: number
  /** ssh's options with which it lets one in */
  options: readonly string[]
  dir: string
  stop(): Promise<void>
}

const SSHD = '/usr/sbin/sshd'

/** Why no sshd can run here; empty when one can. */
export const SSHD_MISSING = !existsSync(SSHD)
  ? ' (skipped: no sshd; scripts/test-packages.txt names it)'
  : process.getuid?.() !== 0
    ? ' (skipped: not root)'
    : ''

export async function startSshd(): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-sshd-'))
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)])
  const port = await freePort()
  writeFileSync(join(dir, 'authorized'), readFileSync(join(dir, 'user.pub')))
  chmodSync(join(dir, 'authorized'), 0o600)
  const hostKey = readFileSync(join(dir, 'host.pub'), 'utf8')
  writeFileSync(join(dir, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`)
  const conf = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized')}`,
    `PidFile ${join(dir, 'pid')}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'StrictModes no',
    'UsePAM no',
  ]
  writeFileSync(join(dir, 'sshd_config'), `${conf.join('\n')}\n`)
  // where sshd puts its privilege separation; systemd makes it on a machine that has it
  mkdirSync('/run/sshd', { recursive: true })
  const daemon = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], { stdio: 'ignore' })
  await listening(port)
  return {
    user: userInfo().username,
    port,
    options: [
      `IdentityFile=${join(dir, 'user')}`,
      'IdentitiesOnly=yes',
      `UserKnownHostsFile=${join(dir, 'known_hosts')}`,
      'StrictHostKeyChecking=yes',
    ],
    dir,
    stop: () => stop(daemon, dir),
  }
}

async function stop(daemon: ChildProcess, dir: string): Promise<void> {
  const ended = new Promise((resolve) => daemon.once('exit', resolve))
  daemon.kill('SIGTERM')
  await ended
  rmSync(dir, { recursive: true, force: true })
}

async function listening(port: number): Promise<void> {
  for (const limit = Date.now() + 20_000; Date.now() < limit; ) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`sshd did not listen on port ${port} within 20 s`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
