import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { attempt } from './io-error.ts'
import type { Root } from './ports.ts'
import { processStartTicks } from './process-start.ts'

/** A process that does nothing but hold a file open; with its start it is named for ever. */
export interface Holder {
  pid: number
  startTicks: string
}

const SLEEP = ['sleep', 'infinity']
/** A scope has a cgroup of its own: what ends a service's processes does not end it (systemd.scope(5)). */
const OUTSIDE_THE_SERVICE = [
  'systemd-run',
  '--scope',
  '--quiet',
  '--collect',
  '--description=quietcore holds a device open',
]
const START_MS = 5_000
const LOOK_MS = 20

/**
 * Writes to a device file and leaves it open with a process that outlives this one, its service and its crashes.
 * Where systemd runs the process is in a scope of its own; else in a session of its own.
 * @throws MachineError
 */
export async function holdOpen(root: Root, path: string, bytes: Uint8Array): Promise<Holder> {
  const fd = attempt('open', path, () => openSync(root.outside(path), constants.O_RDWR))
  try {
    attempt('write', path, () => writeSync(fd, bytes, 0, bytes.length, root.live ? null : 0))
    const underSystemd = root.live && root.exists('/run/systemd/system')
    return (
      (underSystemd && (await start([...OUTSIDE_THE_SERVICE, ...SLEEP], fd))) || (await start(SLEEP, fd))!
    )
  } finally {
    closeSync(fd)
  }
}

export function isHolding({ pid, startTicks }: Holder): boolean {
  return processStartTicks(pid) === startTicks
}

/** Ends it, and with it what the open file brought about. One that has gone is fine. */
export function endHold(holder: Holder): void {
  if (isHolding(holder)) process.kill(holder.pid, 'SIGTERM')
}

/** Undefined when the program is not there, or ended instead of holding. */
async function start(argv: readonly string[], fd: number): Promise<Holder | undefined> {
  const child = spawn(argv[0]!, argv.slice(1), { stdio: [fd, 'ignore', 'ignore'], detached: true, cwd: '/' })
  const ended = new Promise<false>((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', () => resolve(false))
  })
  if ((await Promise.race([ended, becomesSleep(child)])) === false) return undefined
  child.removeAllListeners()
  child.unref()
  return { pid: child.pid!, startTicks: processStartTicks(child.pid!) ?? '' }
}

/** systemd-run becomes the program that it starts once the scope is there. */
async function becomesSleep(child: ChildProcess): Promise<boolean> {
  for (const until = performance.now() + START_MS; performance.now() < until; ) {
    if (child.pid !== undefined && nameOf(child.pid) === SLEEP[0]) return true
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  child.kill('SIGKILL')
  return false
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}
