import { spawn } from 'node:child_process'
import { hideSecrets } from '../core/hide-secrets.ts'
import type { Notifier } from './ports.ts'

const SYSTEMD_NOTIFY = ['/usr/bin/systemd-notify', '/bin/systemd-notify']

/** A notifier whose messages can be waited for. */
export interface OpenNotifier extends Notifier {
  /** the manager may wait this much longer, from now on, for READY=1 or for the end */
  extend(ms: number): void
  /** resolves when everything that was said has been sent */
  sent(): Promise<void>
}

/**
 * sd_notify(3) by systemd-notify(1): Node has no datagrams on UNIX sockets. One message at a time, in order; --pid= makes
 * the message come from this process (NotifyAccess=main), --no-block does not wait for the manager. The variables are
 * taken out of `env`, so that no program started later speaks for the service.
 */
export function openNotifier(env: NodeJS.ProcessEnv = process.env, pid: number = process.pid): OpenNotifier {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = env
  delete env.NOTIFY_SOCKET
  delete env.WATCHDOG_USEC
  delete env.WATCHDOG_PID
  const queue: string[][] = []
  let sending: Promise<void> | undefined

  function say(...variables: string[]): void {
    if (socket === undefined) return
    const last = queue.at(-1)
    // A status that nobody has seen yet says nothing that the next one does not say.
    if (variables.length === 1 && isStatus(variables) && last && isStatus(last)) queue.pop()
    queue.push(variables)
    sending ??= sendAll(socket)
  }

  async function sendAll(address: string): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) await send(next, address, pid)
    sending = undefined
  }

  return {
    watchdogMs: watchdogMs(socket, usec, watched, pid),
    ready: (status) => say('READY=1', statusOf(status)),
    status: (line) => say(statusOf(line)),
    // uv_hrtime(3) is CLOCK_MONOTONIC, which sd_notify(3) wants here.
    reloading: () => say('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: (status) => say('STOPPING=1', statusOf(status)),
    alive: () => say('WATCHDOG=1'),
    extend: (ms) => say(`EXTEND_TIMEOUT_USEC=${Math.round(ms * 1000)}`),
    sent: async () => sending,
  }
}

function isStatus(variables: readonly string[]): boolean {
  return variables.length === 1 && variables[0]!.startsWith('STATUS=')
}

/** A status is one line, and everybody may read it. */
function statusOf(line: string): string {
  return `STATUS=${hideSecrets(line).replace(/\s+/g, ' ').trim()}`
}

function watchdogMs(
  socket: string | undefined,
  usec: string | undefined,
  watched: string | undefined,
  pid: number,
): number | undefined {
  if (socket === undefined || usec === undefined || !/^[1-9]\d{0,15}$/.test(usec)) return undefined
  if (watched !== undefined && watched !== String(pid)) return undefined
  return Number(usec) / 1000
}

async function send(variables: readonly string[], socket: string, pid: number): Promise<void> {
  for (const program of SYSTEMD_NOTIFY) if (await started(program, variables, socket, pid)) return
}

/** Whether the program is there; what becomes of the message is the manager's. */
function started(
  program: string,
  variables: readonly string[],
  socket: string,
  pid: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, ['--no-block', `--pid=${pid}`, ...variables], {
      stdio: 'ignore',
      env: { NOTIFY_SOCKET: socket },
    })
    child.once('error', () => resolve(false))
    child.once('exit', () => resolve(true))
  })
}
