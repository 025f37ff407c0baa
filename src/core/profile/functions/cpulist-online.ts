import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist, unpacked } from './tuned-cpulist.ts'

/** The CPUs of the list that are online. `${f:cpulist_online:1-5}` with 0-3 online => `1,2,3` */
export const cpulistOnline: ProfileFunction = {
  name: 'cpulist_online',
  arity: [0, ANY],
  call: (args, call) => unpacked(unpackCpulist(args.join(','), call).intersect(call.env.facts.cpu.online)),
}
