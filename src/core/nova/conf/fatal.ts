import { InputError } from '../../errors.ts'
import type { Entry } from './scan.ts'

/** A line of nova.conf with which nova-compute would not start, or would work against the isolated CPUs. */
export function fatal(
  code: string,
  { line }: Pick<Entry, 'line'>,
  file: string,
  { message, next }: { message: string; next: string },
): InputError {
  return new InputError({ code, message, place: { file, line }, next: `${next} Nothing was changed.` })
}
