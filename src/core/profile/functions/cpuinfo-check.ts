import { ANY, type ProfileFunction } from './env.ts'
import { searchLadder } from './search-ladder.ts'

/**
 * Regular expressions against /proc/cpuinfo: the text after the first that is found, else the last odd argument.
 * `${f:cpuinfo_check:GenuineIntel:intel_pstate=disable:AuthenticAMD:amd_pstate=disable:}`
 */
export const cpuinfoCheck: ProfileFunction = {
  name: 'cpuinfo_check',
  arity: [2, ANY],
  call: (args, call) => searchLadder(args, call.env.facts.cpuinfo, call),
}
