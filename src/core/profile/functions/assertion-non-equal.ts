import { InputError } from '../../errors.ts'
import type { ProfileFunction } from './env.ts'

/**
 * Stops when both values are equal, with the message that the profile gives.
 * `${f:assertion_non_equal:isolated_cores are set:${isolated_cores}:${isolated_cores_assert_check}}`
 */
export const assertionNonEqual: ProfileFunction = {
  name: 'assertion_non_equal',
  arity: [3, 3],
  call([message, left, right], { place }) {
    if (left !== right) return undefined
    throw new InputError({
      code: 'assertion-failed',
      message: `the profile's assertion '${message}' failed: '${left}' equals '${right}'`,
      place,
      next: 'Set the variable that the message names, usually in the variables file of the profile.',
    })
  },
}
