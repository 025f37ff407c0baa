import type { KnobRef } from '../core/plan/setting.ts'
import { type Knob, RefusedError } from './knob.ts'
import { whyUnreadable } from './refusal.ts'

/** `/dev/cpu_dma_latency`: a limit that lasts as long as the process that wrote it keeps the file open. */
export interface HeldFileRef extends KnobRef {
  knob: 'held-file'
  path: string
}

/**
 * Shows the limit in force, µs: the file gives it as a 32-bit integer in the machine's byte order
 * (Documentation/power/pm_qos_interface.rst). It is never written here: quietcore.service holds it.
 */
export const heldFile: Knob<HeldFileRef> = {
  name: 'held-file',
  lifetime: 'boot',
  read({ path }, { root }) {
    try {
      const bytes = root.readBytesIfThere(path)
      if (bytes === undefined) return { unsupported: `${path} is not on this machine` }
      if (bytes.length !== 4) return { unreadable: `${path} gave ${bytes.length} bytes instead of 4` }
      return { have: String(bytes.readInt32LE()) }
    } catch (error) {
      return { unreadable: whyUnreadable(path, error) }
    }
  },
  capture: () => null,
  write({ path }) {
    throw new RefusedError(
      `${path} keeps a limit only while a process holds it open; quietcore.service does: restart it with \`systemctl restart quietcore\``,
    )
  },
  restore: () => ({ outcome: 'unchanged' }),
}
