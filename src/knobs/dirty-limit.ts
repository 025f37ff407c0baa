import type { KnobRef } from '../core/plan/setting.ts'
import type { Root } from '../host/ports.ts'
import type { Knob, Restored } from './knob.ts'
import { readLive, type Written, writeLive } from './live-file.ts'

/**
 * `vm.dirty_bytes` and `vm.dirty_ratio` are two faces of one limit: writing one makes the kernel show 0 for the other
 * (Documentation/admin-guide/sysctl/vm.rst). So both are kept, and the one that was in force is written back.
 */
export interface DirtyLimitRef extends KnobRef {
  knob: 'dirty-limit'
  /** the file that is written: `/proc/sys/vm/dirty_bytes` */
  path: string
  /** its other face: `/proc/sys/vm/dirty_ratio` */
  counterpart: string
}

export const dirtyLimit: Knob<DirtyLimitRef> = {
  name: 'dirty-limit',
  lifetime: 'boot',
  read: ({ path }, { root }) => readLive(path, root),
  capture: ({ path, counterpart }, { root }) => ({
    [path]: root.readTextIfThere(path) ?? null,
    [counterpart]: root.readTextIfThere(counterpart) ?? null,
  }),
  write: ({ path }, value, { root }) => writeLive(path, String(value), root),
  restore({ path, counterpart }, before, wrote, { root }) {
    const now = root.readTextIfThere(path)
    if (now === undefined) return { outcome: 'gone' }
    const earlier = before as Record<string, string | null>
    if (now === earlier[path] && root.readTextIfThere(counterpart) === (earlier[counterpart] ?? undefined)) {
      return { outcome: 'unchanged' }
    }
    if (wrote !== null && now.trimEnd() !== (wrote as Written).shown) {
      return { outcome: 'foreign', found: now.trimEnd() }
    }
    return putBack([path, counterpart], earlier, root)
  },
}

/** The face that was 0 first (where the kernel refuses a 0, it was shown only because the other was set), then the limit. */
function putBack(paths: readonly string[], earlier: Record<string, string | null>, root: Root): Restored {
  const inForce = paths.filter((path) => Number(earlier[path]) !== 0)
  // A made machine's files do not zero each other, so there both are written.
  const written = root.live ? inForce : [...paths.filter((path) => !inForce.includes(path)), ...inForce]
  for (const path of written) {
    const text = earlier[path]
    if (typeof text === 'string') root.writeLive(path, text)
  }
  return { outcome: 'restored' }
}
