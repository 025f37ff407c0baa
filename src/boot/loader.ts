/**
 * A boot loader as quietcore sees it: where the administrator's kernel parameters stand, where ours go, and how the
 * next boot gets them. One file each, one line in `loaders.ts`.
 */
import type { Place } from '../core/errors.ts'
import type { Warning } from '../core/warning.ts'
import type { Ports, Root } from '../host/ports.ts'

/** Kernel parameters that somebody else set, with their place. */
export interface ParameterOrigin {
  /** as written: `isolcpus=1`, `quiet` */
  parameter: string
  place: Place
}

export interface BootLoader {
  /** `grub-drop-in`, `grub-default`, `bls`, `rpm-ostree`, `kernel-install` */
  readonly name: string
  /** longest command line that the kernel takes, bytes with the final NUL (COMMAND_LINE_SIZE: 2048 on x86, 4096 on arm64) */
  limitBytes(machine: string): number
  matches(root: Root): boolean
  /** `write` leaves out what a boot entry has already; else it writes exactly what it is given, for all entries */
  readonly addsMissingOnly?: boolean
  /** what the administrator and the distribution set for the next boot, without quietcore's own */
  administrator(ports: Ports): ParameterOrigin[]
  /** what quietcore has set for the next boot; undefined when it has set nothing */
  ours(ports: Ports): string | undefined
  /** what its files hold that cannot be understood, or that keeps our parameters from the next boot */
  warnings?(ports: Ports): Warning[]
  /** files that `write` and `clear` may change, for the journal's images of them, the one to look at first; none where only commands can undo */
  touches(ports: Ports): string[]
  /** sets quietcore's own parameters (replacing its earlier ones) and regenerates what must be; returns notes for the operator */
  write(parameters: string, ports: Ports): Promise<string[]>
  /** removes quietcore's own parameters only; used when a touched file was changed by somebody else since */
  clear(ports: Ports): Promise<string[]>
  /** builds what has no image in the journal (unified kernel images) from files that were put back */
  rebuild?(ports: Ports): Promise<string[]>
}
