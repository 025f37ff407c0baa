import type { KnobRef } from '../core/plan/setting.ts'
import { bootParameters } from './boot-parameters.ts'
import { dirtyLimit } from './dirty-limit.ts'
import { diskFile } from './disk-file.ts'
import { ethtool } from './ethtool.ts'
import { heldFile } from './held-file.ts'
import { irqAffinity } from './irq-affinity.ts'
import type { Knob, Scope } from './knob.ts'
import { liveFile } from './live-file.ts'
import { moduleParameter } from './module-parameter.ts'
import { novaConf } from './nova-conf.ts'
import { runningParameter } from './running-parameter.ts'
import { script } from './script.ts'
import { statusField } from './status-field.ts'
import { systemdUnit } from './systemd-unit.ts'
import { tasksAffinity } from './tasks-affinity.ts'
import { tasksPolicy } from './tasks-policy.ts'

/** All ways of changing a machine. A new one is a file here and a line in this list. */
export const KNOBS: readonly Knob[] = [
  bootParameters,
  dirtyLimit,
  diskFile,
  ethtool,
  heldFile,
  irqAffinity,
  liveFile,
  moduleParameter,
  novaConf,
  runningParameter,
  script,
  statusField,
  systemdUnit,
  tasksAffinity,
  tasksPolicy,
]

const BY_NAME = new Map(KNOBS.map((knob) => [knob.name, knob]))

/** The knob that a setting or a journal record names. @throws Error for a name that this program does not know */
export function knobFor(ref: KnobRef): Knob {
  const knob = BY_NAME.get(ref.knob)
  if (!knob) throw new Error(`no knob is called '${ref.knob}'; was this written by a newer quietcore?`)
  return knob
}

/** Whose setting a held value is. */
export function scopeOf(ref: KnobRef): Scope {
  return knobFor(ref).scope ?? 'tuning'
}
