import type { OpenNotifier } from '../host/notifier.ts'
import type { WorkQueue } from './work-queue.ts'

/** Longer than any work: TuneD's scripts and a boot loader's menu have ten minutes each. */
const STUCK_MS = 30 * 60_000

/**
 * Tells the service manager twice in its time that the service works: only while work moves on. A loop that hangs says
 * nothing at all. `look` is called each time; it is the one timer of an idle service.
 */
export function startWatchdog(notifier: OpenNotifier, queue: WorkQueue, look: () => void): () => void {
  const { watchdogMs } = notifier
  if (watchdogMs === undefined) return () => {}
  let timer: NodeJS.Timeout
  const tick = () => {
    look()
    if (queue.busyMs < STUCK_MS) notifier.alive()
    timer = setTimeout(tick, watchdogMs / 2)
  }
  timer = setTimeout(tick, watchdogMs / 2)
  return () => clearTimeout(timer)
}
