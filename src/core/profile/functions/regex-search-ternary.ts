import { pythonRegex } from '../python-regex.ts'
import type { ProfileFunction } from './env.ts'

/**
 * TEXT, REGEX, FOUND, NOT_FOUND: the third argument when the expression is found in the first, else the fourth.
 * `${f:regex_search_ternary:${isolate_managed_irq}:\b[y,Y,1,t,T]\b:managed_irq,domain,:}`
 */
export const regexSearchTernary: ProfileFunction = {
  name: 'regex_search_ternary',
  arity: [4, 4],
  call: ([text = '', regex = '', found, missing], { place }) =>
    pythonRegex(regex, place).test(text) ? found : missing,
}
