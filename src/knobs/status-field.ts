import type { KnobRef } from '../core/plan/setting.ts'
import { type Knob, RefusedError } from './knob.ts'
import { whyUnreadable } from './refusal.ts'

/** One line of a `Name:<tab>value` file of /proc, only looked at: `/proc/1/status`, `Cpus_allowed_list`. */
export interface StatusFieldRef extends KnobRef {
  knob: 'status-field'
  path: string
  field: string
}

export const statusField: Knob<StatusFieldRef> = {
  name: 'status-field',
  lifetime: 'boot',
  read({ path, field }, { root }) {
    try {
      const text = root.readTextIfThere(path)
      if (text === undefined) return { unsupported: `${path} is not on this machine` }
      const line = text.split('\n').find((one) => one.startsWith(`${field}:`))
      return line === undefined
        ? { unreadable: `${path} has no line '${field}:'` }
        : { have: line.slice(field.length + 1).trim() }
    } catch (error) {
      return { unreadable: whyUnreadable(path, error) }
    }
  },
  capture: () => null,
  write({ path, field }) {
    throw new RefusedError(`${field} of ${path} is only looked at`)
  },
  restore: () => ({ outcome: 'unchanged' }),
}
