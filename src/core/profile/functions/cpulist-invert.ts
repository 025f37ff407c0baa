import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist, unpacked } from './tuned-cpulist.ts'

/** The online CPUs that are not in the list. `${f:cpulist_invert:0,2-3}` with 0-3 online => `1` */
export const cpulistInvert: ProfileFunction = {
  name: 'cpulist_invert',
  arity: [0, ANY],
  call: (args, call) => unpacked(call.env.facts.cpu.online.minus(unpackCpulist(args.join(',,'), call))),
}
