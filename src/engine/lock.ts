import { dirname } from 'node:path'
import { MachineError } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'
import { openRoot } from '../host/root.ts'
import { removeEmptyFolders } from './empty-folders.ts'

export const LOCK = '/run/quietcore/lock'

interface Holder {
  pid: number
  startTicks: string
  command: string
  since: string
}

/**
 * Runs `work` as the only quietcore that changes this machine. A lock whose process is gone is taken over.
 * @throws MachineError `locked` naming the process that holds it
 */
export async function withLock<T>(
  root: Root,
  command: string,
  now: Date,
  work: () => Promise<T>,
): Promise<T> {
  const own: Holder = {
    pid: process.pid,
    startTicks: startTicks(process.pid) ?? '',
    command,
    since: now.toISOString(),
  }
  if (!root.createExclusive(LOCK, JSON.stringify(own))) {
    const holder = readHolder(root)
    if (holder && isAlive(holder)) throw locked(holder)
    root.remove(LOCK)
    if (!root.createExclusive(LOCK, JSON.stringify(own))) throw locked(readHolder(root))
  }
  try {
    sweep(root)
    return await work()
  } finally {
    root.remove(LOCK)
    removeEmptyFolders(root, dirname(LOCK))
  }
}

/** What processes left that were killed while they took the lock. */
function sweep(root: Root): void {
  const folder = dirname(LOCK)
  for (const name of root.list(folder)) if (name.startsWith('.lock.')) root.remove(`${folder}/${name}`)
}

function readHolder(root: Root): Holder | undefined {
  try {
    return JSON.parse(root.readTextIfThere(LOCK) ?? '') as Holder
  } catch {
    // The lock appears whole or not at all, so text that cannot be read is nobody's.
    return undefined
  }
}

function isAlive(holder: Holder): boolean {
  return startTicks(holder.pid) === holder.startTicks
}

/** Field 22 of /proc/PID/stat: with the pid it names a process for ever. Locks are held by processes of this machine. */
function startTicks(pid: number): string | undefined {
  const stat = openRoot('/').readTextIfThere(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function locked(holder: Holder | undefined): MachineError {
  const who = holder
    ? `process ${holder.pid} (quietcore ${holder.command}, since ${holder.since})`
    : 'another quietcore'
  return new MachineError({
    code: 'locked',
    message: `${who} is changing this machine`,
    place: { file: LOCK },
    next: 'Wait for it to finish, then try again.',
  })
}
