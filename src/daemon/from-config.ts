import { InputError } from '../core/errors.ts'
import type { ServiceConfig } from '../core/service/service-config.ts'

/** What is wrong with the profile that quietcore.conf names is wrong there, unless a file of the profile is to blame. */
export function fromConfig(error: unknown, { profile }: ServiceConfig): unknown {
  if (!profile || !(error instanceof InputError) || error.place) return error
  const { code, message, next, cause } = error
  return new InputError({
    code,
    message,
    place: profile.place,
    ...(next === undefined ? {} : { next }),
    cause,
  })
}
