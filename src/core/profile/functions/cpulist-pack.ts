import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist } from './tuned-cpulist.ts'

/** A CPU list in its compact form. `${f:cpulist_pack:1,2,3,5}` => `1-3,5` */
export const cpulistPack: ProfileFunction = {
  name: 'cpulist_pack',
  arity: [0, ANY],
  call: (args, call) => unpackCpulist(args.join(',,'), call).toString(),
}
