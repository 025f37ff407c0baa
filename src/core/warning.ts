import type { Place } from './errors.ts'

/** Something the operator should know that does not stop the work. `code` is stable, for scripts. */
export interface Warning {
  code: string
  message: string
  place?: Place
}
