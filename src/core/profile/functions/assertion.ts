import { InputError } from '../../errors.ts'
import type { ProfileFunction } from './env.ts'

/**
 * Stops unless both values are equal, with the message that the profile gives.
 * `${f:assertion:isolated_cores contains online CPU(s):${isolated_cores_expanded}:${online}}`
 */
export const assertion: ProfileFunction = {
  name: 'assertion',
  arity: [3, 3],
  call([message, left, right], { place }) {
    if (left === right) return undefined
    throw new InputError({
      code: 'assertion-failed',
      message: `the profile's assertion '${message}' failed: '${left}' is not '${right}'`,
      place,
      next: 'Correct the variable that the message names, usually in the variables file of the profile.',
    })
  },
}
