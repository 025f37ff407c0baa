import { strip as stripSpace } from '../python-text.ts'
import { ANY, type ProfileFunction } from './env.ts'

/** Its arguments joined, without white space at both ends. `${f:strip: a b }` => `a b` */
export const strip: ProfileFunction = {
  name: 'strip',
  arity: [1, ANY],
  call: (args) => stripSpace(args.join('')),
}
