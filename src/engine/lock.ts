import { dirname } from 'node:path'
import { MachineError } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'
import { removeEmptyFolders } from './empty-folders.ts'
import { type Holder, livingHolder, takeoverOf, takePlace, thisProcess } from './take-place.ts'

export const LOCK = '/run/quietcore/lock'
/** The command that measures: all others are done within minutes, it may hold the lock for hours. */
export const VALIDATE = 'validate'

export interface LockHolder extends Holder {
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
  const own: LockHolder = { ...thisProcess(), command, since: now.toISOString() }
  const lock = takePlace(root, LOCK, own)
  if (!('leave' in lock)) throw locked(lock.holder)
  try {
    sweep(root)
    return await work()
  } finally {
    lock.leave()
    removeEmptyFolders(root, dirname(LOCK))
  }
}

/** The living process that works on this machine now; undefined: none does. */
export function lockHolder(root: Root): LockHolder | undefined {
  return livingHolder(root, LOCK)
}

/** What processes left that were killed while they took the lock. */
function sweep(root: Root): void {
  const folder = dirname(LOCK)
  for (const name of root.list(folder)) if (name.startsWith('.lock.')) root.remove(`${folder}/${name}`)
  if (!root.exists(takeoverOf(LOCK))) return
  const takeover = takePlace(root, takeoverOf(LOCK), thisProcess())
  if ('leave' in takeover) takeover.leave()
}

function locked(holder: LockHolder | undefined): MachineError {
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
