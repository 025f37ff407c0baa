import { MachineError } from '../core/errors.ts'
import { type Holder, takePlace, thisProcess } from '../engine/take-place.ts'
import type { Root } from '../host/ports.ts'

const DAEMON = '/run/quietcore/daemon'

/**
 * Makes this process the one service of the machine; answers how to give that up. A dead one's place is taken.
 * @throws MachineError `service-runs` naming the first
 */
export function beTheOnlyOne(root: Root): () => void {
  const place = takePlace(root, DAEMON, thisProcess())
  if (!('leave' in place)) throw runsAlready(place.holder)
  return place.leave
}

function runsAlready(first: Holder | undefined): MachineError {
  return new MachineError({
    code: 'service-runs',
    message: `quietcore's service runs already${first ? ` as process ${first.pid}` : ''}, and there can be only one`,
    place: { file: DAEMON },
    next: 'See `systemctl status quietcore`; `systemctl restart quietcore` starts it anew.',
  })
}
