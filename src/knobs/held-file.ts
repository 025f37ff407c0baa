import type { KnobRef } from '../core/plan/setting.ts'
import { endHold, type Holder, holdOpen, isHolding } from '../host/hold-open.ts'
import type { Root } from '../host/ports.ts'
import type { Knob } from './knob.ts'
import { whyUnreadable } from './refusal.ts'

/** `/dev/cpu_dma_latency`: a limit that lasts as long as a process keeps the file open that it was written to. */
export interface HeldFileRef extends KnobRef {
  knob: 'held-file'
  path: string
}

/** Which process holds it; gone after a reboot, as the process is. */
const HOLD = '/run/quietcore/held-file'

/**
 * Shows the limit in force, µs: the file gives it as a 32-bit integer in the machine's byte order, and takes it so
 * (Documentation/power/pm_qos_interface.rst). A process of its own holds it, so that a restart of quietcore drops nothing.
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
  /** The kernel keeps the limits of all processes; a file of a made machine keeps one value. */
  capture: ({ path }, { root }) =>
    root.live ? null : (root.readBytesIfThere(path)?.toString('base64') ?? null),
  async write({ path }, value, { root }) {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(Number(value))
    const earlier = holderOf(root)
    const holder = await holdOpen(root, path, bytes)
    root.writeFile(HOLD, JSON.stringify(holder))
    // Only now: between two limits there is no moment without one.
    if (earlier) endHold(earlier)
    return { ...holder }
  },
  restore({ path }, before, _wrote, { root }) {
    const holder = holderOf(root)
    root.remove(HOLD)
    if (!holder || !isHolding(holder)) return { outcome: 'unchanged' }
    endHold(holder)
    if (!root.live && typeof before === 'string') root.writeFile(path, Buffer.from(before, 'base64'))
    return { outcome: 'restored' }
  },
}

/** A process holds a limit of quietcore now. */
export function isHeld(root: Root): boolean {
  const holder = holderOf(root)
  return holder !== undefined && isHolding(holder)
}

function holderOf(root: Root): Holder | undefined {
  try {
    return JSON.parse(root.readTextIfThere(HOLD) ?? '') as Holder
  } catch {
    // It is replaced in one step, so text like this is not of quietcore.
    return undefined
  }
}
