import { MachineError, type QuietcoreErrorInit } from '../core/errors.ts'
import type { Changed } from './changed.ts'
import type { Shown } from './journal/records.ts'
import type { Undone } from './undo.ts'

/** What was done to the machine all the same, in this order. */
export interface Made {
  changed: readonly Changed[]
  released: readonly Undone[]
  undone: readonly Undone[]
  /** values of what was undone, by the setting's id */
  shown: ReadonlyMap<string, Shown>
}

/** It did not come to its end, and yet the machine was changed: whoever keeps a log of changes needs them. */
export class UnfinishedError extends MachineError {
  readonly made: Made

  constructor(made: Made, init: QuietcoreErrorInit) {
    super(init)
    this.made = made
  }
}
