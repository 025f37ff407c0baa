import { MachineError } from '../../core/errors.ts'
import type { Ports, Root } from '../../host/ports.ts'
import { readDropIn, type TimerDropIn } from './drop-in.ts'
import { DROP_IN_PATTERNS, dropInOf, stampOf, timerOfDropIn } from './timer-units.ts'

export interface FoundDropIn extends TimerDropIn {
  text: string
}

/** The drop-ins that the service wrote, by timer. */
export function ownDropIns(root: Root): Map<string, FoundDropIn> {
  const found = new Map<string, FoundDropIn>()
  for (const path of DROP_IN_PATTERNS.flatMap((pattern) => root.glob(pattern))) {
    const text = root.readTextIfThere(path) ?? ''
    const read = readDropIn(text)
    if (read) found.set(timerOfDropIn(path), { ...read, text })
  }
  return found
}

/** @throws MachineError `foreign-drop-in` when somebody else's file has the name of ours */
export function requireOurs(timer: string, root: Root): void {
  const path = dropInOf(timer)
  const text = root.readTextIfThere(path)
  if (text === undefined || readDropIn(text)) return
  throw new MachineError({
    code: 'foreign-drop-in',
    message: 'this drop-in was not written by quietcore and is left alone, so the schedule is not in force',
    place: { file: path },
    next: 'Rename it (60-local.conf is read after ours) or remove it.',
  })
}

export function removeDropIn(timer: string, root: Root): void {
  const path = dropInOf(timer)
  root.remove(path)
  root.removeFolderIfEmpty(path.slice(0, path.lastIndexOf('/')))
}

/**
 * Without this, systemd would make up at once for slots that passed before the calendar was in force. `from-now` leaves
 * the empty stamp of a timer that begins now, `entirely` none (systemd makes it when the timer comes back).
 */
export function forgetLastRun(
  timer: string,
  how: 'from-now' | 'entirely',
  { root, log }: Pick<Ports, 'root' | 'log'>,
): void {
  const stamp = stampOf(timer)
  if (!root.exists(stamp)) return
  try {
    if (how === 'from-now') root.writeFile(stamp, '')
    else root.remove(stamp)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    log.write('warn', `${timer} may run at once, for a slot that has passed: ${why}`)
  }
}
