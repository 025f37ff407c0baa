import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Runner } from '../../src/host/ports.ts'
import { openRoot } from '../../src/host/root.ts'
import { openRunner } from '../../src/host/runner.ts'

const QEMU_GA = '/usr/sbin/qemu-ga'

/** Why no agent can run here; empty when one can. */
export const AGENT_MISSING = existsSync(QEMU_GA)
  ? ''
  : ' (skipped: no qemu-ga; scripts/test-packages.txt names its package)'

/** A real QEMU guest agent on a socket of this machine, and a Runner whose virsh leads to it as libvirt would. */
export interface GuestAgent {
  runner: Runner
  stop(): Promise<void>
}

/**
 * What libvirt does with a command: to the agent's socket, and its answer back; an error of the agent becomes one of
 * virsh. A domain of another name is not there.
 */
const VIRSH = `#!${process.execPath}
const { connect } = require('node:net')
const value = (name) => process.argv.find((word) => word.startsWith('--' + name + '=')).slice(name.length + 3)
const fail = (message) => { process.stderr.write('error: ' + message + '\\n'); process.exit(1) }
if (value('domain') !== 'guest') fail("failed to get domain '" + value('domain') + "'")
const socket = connect(process.env.QEMU_GA_SOCKET)
let text = ''
socket.on('error', () => fail('Guest agent is not responding: QEMU guest agent is not connected'))
socket.on('connect', () => socket.write(value('cmd') + '\\n'))
socket.on('data', (chunk) => {
  text += chunk
  if (!text.includes('\\n')) return
  const answer = JSON.parse(text)
  const command = JSON.parse(value('cmd')).execute
  if (answer.error) fail("internal error: unable to execute QEMU agent command '" + command + "': " + answer.error.desc)
  process.stdout.write(text)
  socket.destroy()
})
`

/** @param options of qemu-ga: `--blacklist=guest-exec` */
export async function startAgent(...options: string[]): Promise<GuestAgent> {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-agent-'))
  const socket = join(dir, 'socket')
  writeFileSync(join(dir, 'virsh'), VIRSH)
  chmodSync(join(dir, 'virsh'), 0o755)
  const argv = ['-m', 'unix-listen', '-p', socket, '-t', dir, '-f', join(dir, 'pid'), ...options]
  const agent = spawn(QEMU_GA, argv, { stdio: 'ignore' })
  for (const limit = Date.now() + 20_000; !existsSync(socket); await sleep(50)) {
    if (Date.now() > limit) throw new Error('qemu-ga did not listen within 20 s')
  }
  const runner = openRunner(openRoot('/'), `${dir}:${process.env.PATH}`)
  const env = { QEMU_GA_SOCKET: socket }
  return {
    runner: {
      ...runner,
      run: (words, how = {}) => runner.run(words, { ...how, env: { ...env, ...how.env } }),
    },
    stop: () => stop(agent, dir),
  }
}

async function stop(agent: ChildProcess, dir: string): Promise<void> {
  const ended = new Promise((resolve) => agent.once('exit', resolve))
  agent.kill('SIGTERM')
  await ended
  rmSync(dir, { recursive: true, force: true })
}
