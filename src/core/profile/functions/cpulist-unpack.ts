import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist, unpacked } from './tuned-cpulist.ts'

/** A CPU list with every CPU written out. `${f:cpulist_unpack:1-3,^2,0x30}` => `1,3,4,5` */
export const cpulistUnpack: ProfileFunction = {
  name: 'cpulist_unpack',
  arity: [0, ANY],
  call: (args, call) => unpacked(unpackCpulist(args.join(',,'), call)),
}
