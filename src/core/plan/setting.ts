import type { Comparison } from './compare.ts'

export type Effect = 'now' | 'reboot'

/**
 * ok: as wanted. differs: not as wanted. pending-reboot: the next boot will have it.
 * unsupported: this machine has no such knob, or refuses it. unreadable: there, but cannot be read.
 */
export type State = 'ok' | 'differs' | 'pending-reboot' | 'unsupported' | 'unreadable'

/** Plain data that JSON carries unchanged: what the journal holds. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Names a way of changing the machine (src/knobs) and what it is to change. Plain data: the journal keeps it. */
export interface KnobRef {
  knob: string
  [key: string]: Json
}

/** One thing that a profile wants of the machine. Plain data; how to read and write it is the knob's. */
export interface Setting {
  /** unique in a plan and stable between runs: `sysctl:kernel.timer_migration` */
  id: string
  /** the unit's name in the profile */
  section: string
  /** what an operator would look at: a file, `irq 24`, `isolcpus=` */
  target: string
  /** the value as shown to the operator */
  want: string
  effect: Effect
  knob: KnobRef
  compare: Comparison
  /** what the knob is given; default: `want` */
  write?: Json
  /** no way to set it on this machine, and why: state `unsupported` without a look */
  unsupported?: string
  /**
   * The setting is only looked at; the setting with this id (a boot loader file, a modprobe file) brings it about.
   * While it differs and its carrier is `ok`, its state is `pending-reboot`.
   */
  carriedBy?: string
  /** the reason given with `differs`: what usually keeps this machine from taking the value, and the remedy */
  whenDiffers?: string
}

/** A setting with what the machine has now. */
export interface ObservedSetting {
  setting: Setting
  /** null when it cannot be known */
  have: string | null
  state: State
  /** one sentence; always there for unsupported and unreadable */
  reason?: string
}
