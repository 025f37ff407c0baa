import { MachineError } from '../core/errors.ts'
import type { Ports } from '../host/ports.ts'
import { Journal } from './journal/journal.ts'
import { UNTOUCHED } from './journal/records.ts'
import { restoreKeptTracing } from './measure/tracing/kept-state.ts'
import { putBack, rollBack, type Undone } from './undo.ts'

export interface Recovered {
  /** `apply` was undone, `off` was completed */
  operation: 'apply' | 'off'
  profile: string
  undone: Undone[]
}

/**
 * Brings a machine that a crash left in the middle into a settled state: an unfinished apply is undone, an unfinished
 * off is completed; what a killed measurement left in tracefs is put back. Safe to be interrupted and called again.
 * @throws MachineError `cannot-recover` when a value cannot be put back; the journal then stays as it is
 */
export async function recover(ports: Ports, bootId: string): Promise<Recovered | undefined> {
  restoreKeptTracing(ports.root)
  const journal = new Journal(ports.root)
  const { settled, open } = journal.read()
  if (!open) {
    journal.tidy(settled)
    return undefined
  }
  const undone =
    open.operation === 'apply'
      ? await rollBack(open, bootId, ports)
      : await putBack(settled.held, bootId, ports)
  const failed = undone.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0) throw cannotRecover(open.operation, failed)
  journal.settle(open.operation === 'apply' ? settled : UNTOUCHED)
  return { operation: open.operation, profile: open.profile, undone }
}

function cannotRecover(operation: string, failed: readonly Undone[]): MachineError {
  const [first] = failed
  return new MachineError({
    code: 'cannot-recover',
    message: `an interrupted ${operation} could not be put right: ${first!.target}: ${first!.detail}${failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''}`,
    next: 'Remove the cause and run `quietcore recover`; the journal keeps what is needed.',
  })
}
