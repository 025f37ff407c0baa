import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist } from './tuned-cpulist.ts'

/** The online CPUs that are not in the list, as a kernel mask. `${f:cpulist2hex_invert:1}` with 0-1 online => `00000001` */
export const cpulist2hexInvert: ProfileFunction = {
  name: 'cpulist2hex_invert',
  arity: [0, ANY],
  call: (args, call) => call.env.facts.cpu.online.minus(unpackCpulist(args.join(',,'), call)).toMask(),
}
