import { pythonInt } from '../python-text.ts'
import type { ProfileFunction } from './env.ts'

/** Kilobytes to 512-byte sectors; left as written when it is no integer. `${f:kb2s:128}` => `256` */
export const kb2s: ProfileFunction = {
  name: 'kb2s',
  arity: [1, 1],
  call([text = '']) {
    const kilobytes = pythonInt(text)
    return kilobytes === undefined ? undefined : `${kilobytes * 2}`
  },
}
