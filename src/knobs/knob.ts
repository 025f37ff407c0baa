/**
 * A knob is one way of changing a machine: a live file, a file on disk, threads, a command. Settings name a knob by
 * plain data (KnobRef), so that the journal alone can put everything back, without the profile that asked for it.
 */
import type { Json, KnobRef } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'

export type Reading =
  | { have: string }
  /** this machine has no such knob */
  | { unsupported: string }
  /** it is there and cannot be read */
  | { unreadable: string }

/**
 * restored: it has its earlier value again. unchanged: it had it already.
 * foreign: somebody else changed it since; left alone. gone: the thing itself is no more (a CPU, a task, an IRQ).
 */
export interface Restored {
  outcome: 'restored' | 'unchanged' | 'foreign' | 'gone'
  /** what was found, for foreign */
  found?: string
}

/** What an earlier setting of the same knob holds, as the journal has it. */
export interface Kept<Ref extends KnobRef = KnobRef> {
  ref: Ref
  /** what was there before quietcore's first change */
  before: Json
  /** what `write` answered */
  wrote: Json
}

export type Scope = 'tuning' | 'nova-conf'

export interface Knob<Ref extends KnobRef = KnobRef> {
  readonly name: Ref['knob']
  /** boot: the kernel forgets it at a reboot, so undo of an earlier boot is not needed. disk: it stays. */
  readonly lifetime: 'boot' | 'disk'
  /**
   * Whose settings these are. Default `tuning`: a profile's, given back when another profile does not want them.
   * `nova-conf`: those of `quietcore nova conf`, which `apply PROFILE` leaves alone. `off` puts both back.
   */
  readonly scope?: Scope
  read(ref: Ref, ports: Ports): Reading | Promise<Reading>
  /** what `restore` needs to put it back exactly. Reaches the disk before `write`. */
  capture(ref: Ref, ports: Ports): Json | Promise<Json>
  /**
   * Makes it so. Returns what `restore` needs to tell our value from a stranger's (default: the value written).
   * @throws RefusedError when the machine refuses this value for good (an unmovable IRQ): state `unsupported`
   */
  write(ref: Ref, value: Json, ports: Ports): Json | Promise<Json>
  /**
   * Puts back what `capture` saw. `wrote` is what `write` returned; null when it is not known whether the write
   * took place (a crash), and then the earlier value is put back whatever is there.
   */
  restore(ref: Ref, before: Json, wrote: Json, ports: Ports): Restored | Promise<Restored>
  /**
   * For a knob whose ref stands for many things that come and go (threads): what `restore` needs after a second
   * apply wrote again. Default: what the first `capture` saw.
   */
  join?(earlier: Kept<Ref>, later: Kept<Ref>): Json
  /**
   * For such a knob: how the things that it holds stand now, so that giving them back can itself be undone.
   * Default: `capture`.
   */
  recapture?(kept: Kept<Ref>, ports: Ports): Json
  /**
   * For such a knob: the things of an earlier setting that `ref` names too and that are as the earlier one left them
   * (`taken`, as they were before quietcore's first change), and the others. undefined: none is `ref`'s.
   */
  takeOver?(ref: Ref, earlier: Kept<Ref>, ports: Ports): { taken: Json[]; left: Json[] } | undefined
  /**
   * Brings what was taken over straight from the earlier setting to where `ref` would have brought it from the start,
   * so that it is never given back between the two.
   */
  carryOver?(ref: Ref, taken: Json, ports: Ports): Promise<{ wrote: Json; moved: number }>
}

/** The machine says no to this setting, for good and by design; the reason is one sentence. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}
