import { MachineError, QuietcoreError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { Undone } from './undo.ts'
import { type Made, UnfinishedError } from './unfinished-error.ts'

/** Names the setting, unless the error has a place of its own. */
export function settingFailed(setting: Setting, error: unknown): Error {
  return error instanceof QuietcoreError && error.place !== undefined
    ? error
    : new MachineError({
        code: 'cannot-write',
        message: `${setting.target} could not be set to '${setting.want}': ${error instanceof Error ? error.message : String(error)}`,
        cause: error,
      })
}

/** Says what stopped an apply, and what became of the changes that it had made. */
export function applyFailed(cause: unknown, made: Made, failed: readonly Undone[]): MachineError {
  const { undone } = made
  const restored = undone.filter(({ outcome }) => outcome === 'restored').length
  const why = cause instanceof Error ? cause.message : String(cause)
  const after =
    failed.length === 0
      ? `The ${restored} changes made so far were undone; the machine is as before.`
      : `Of ${undone.length} changes ${failed.length} could not be undone (${failed[0]!.target}: ${failed[0]!.detail}); run \`quietcore recover\`.`
  const hint = cause instanceof QuietcoreError && cause.next ? ` ${cause.next}` : ''
  return new UnfinishedError(made, {
    code: 'apply-failed',
    message: `apply stopped: ${why}`,
    next: after + hint,
    cause,
    ...(cause instanceof QuietcoreError && cause.place ? { place: cause.place } : {}),
  })
}
