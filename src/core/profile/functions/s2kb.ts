import { pythonInt } from '../python-text.ts'
import type { ProfileFunction } from './env.ts'

/**
 * 512-byte sectors to kilobytes, halves to the even neighbour as Python rounds; left as written when it is no
 * integer. `${f:s2kb:256}` => `128`, `${f:s2kb:5}` => `2`
 */
export const s2kb: ProfileFunction = {
  name: 's2kb',
  arity: [1, 1],
  call([text = '']) {
    const sectors = pythonInt(text)
    if (sectors === undefined) return undefined
    const below = Math.floor(sectors / 2)
    return `${sectors % 2 !== 0 && below % 2 !== 0 ? below + 1 : below}`
  },
}
