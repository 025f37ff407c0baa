import { ANY, type ProfileFunction } from './env.ts'
import { searchLadder } from './search-ladder.ts'

/**
 * Regular expressions against the output of `lscpu`: the text after the first that is found, else the last odd
 * argument. `${f:lscpu_check:^Model name\:.*EPYC:amd:other}`
 */
export const lscpuCheck: ProfileFunction = {
  name: 'lscpu_check',
  arity: [2, ANY],
  call: (args, call) => searchLadder(args, call.env.exec(['lscpu']) ?? '', call),
}
