import { lockHolder } from '../engine/lock.ts'
import type { Root } from '../host/ports.ts'
import type { ParkedWork } from './parked-work.ts'

/** A killed holder leaves its file, of which nothing tells; a service that starts need not be still yet. */
const LOOK_MS = 2_000
/** Said again long before it has passed. */
const EXTENSION_MS = 3 * 60_000
const LOOKS_PER_EXTENSION = 30
/** What is to be done afterwards: as long as TimeoutStartSec= of the unit. */
const REST_OF_START_MS = 15 * 60_000

/**
 * At the start: waits until no living process has the machine any more. Only meanwhile the service manager is asked for
 * more time, a little at once: a run of 12 h is waited for, and a service that hangs is not.
 * @throws `giveUp()` when the service is stopped meanwhile
 */
export function waitForMachine(
  root: Root,
  parked: ParkedWork,
  extendStart: (ms: number) => void,
  giveUp: () => unknown,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let looks = 0
    const look = () => {
      if (lockHolder(root) === undefined) return end(resolve)
      if (looks++ % LOOKS_PER_EXTENSION === 0) extendStart(EXTENSION_MS)
    }
    const timer = setInterval(look, LOOK_MS)
    const end = (then: () => void) => {
      clearInterval(timer)
      parked.drop('start')
      then()
    }
    parked.park(
      'start',
      () => end(resolve),
      () => end(() => reject(giveUp())),
    )
    look()
  }).then(() => extendStart(REST_OF_START_MS))
}
