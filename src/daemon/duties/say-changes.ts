import type { Changed } from '../../engine/changed.ts'
import type { Shown } from '../../engine/journal/records.ts'
import type { Undone } from '../../engine/undo.ts'
import type { Made } from '../../engine/unfinished-error.ts'
import type { Log } from '../../host/ports.ts'

/** Each change of the machine is one line with the old and the new value, whatever came of the whole. */
export function sayChanged(changed: readonly Changed[], log: Log): void {
  for (const { target, from, to } of changed) log.write('info', `${target} is set`, { from, to })
}

/** What was put back, or why it was not. @param shown values as they were changed, by the setting's id */
export function sayUndone(undone: readonly Undone[], shown: ReadonlyMap<string, Shown>, log: Log): void {
  for (const { id, target, outcome, detail } of undone) {
    if (outcome === 'restored') {
      const values = shown.get(id)
      log.write('info', `${target} is given back`, values ? { from: values.to, to: values.from } : {})
    } else {
      const level = outcome === 'failed' ? 'error' : outcome === 'foreign' ? 'warn' : 'info'
      const more = detail === undefined ? {} : { detail }
      log.write(level, `${target} is not given back`, { outcome, ...more })
    }
  }
}

/** @param before values of what was held before */
export function sayMade(made: Made, before: ReadonlyMap<string, Shown>, log: Log): void {
  sayUndone(made.released, before, log)
  sayChanged(made.changed, log)
  sayUndone(made.undone, made.shown, log)
}
