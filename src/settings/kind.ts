/**
 * A kind of setting turns one section of a profile, with the facts of the machine, into Settings. It reads the
 * machine (which files are there), never writes. Kinds do not know each other; a new one is a file here, a line in
 * `kinds.ts`, a test and a paragraph in docs/profiles.md.
 */

import type { BootLoader } from '../boot/loader.ts'
import type { Facts } from '../core/facts.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Ports } from '../host/ports.ts'

export interface Machine {
  facts: Facts
  ports: Ports
  /** how this machine's command line is set; undefined when no boot loader is recognised */
  loader: BootLoader | undefined
  /** true when quietcore.service runs and can hold files open (/dev/cpu_dma_latency) */
  service: boolean
}

export interface KindResult {
  settings: Setting[]
  warnings: Warning[]
}

export interface SettingKind {
  /** the unit type it answers for: `sysctl` */
  readonly type: string
  /**
   * @param variables of the profile, expanded: a script gets them
   * @throws InputError with the option's file:line for a value that cannot be meant (nothing has been changed then)
   */
  settings(unit: Unit, machine: Machine, variables?: ReadonlyMap<string, string>): KindResult
}
