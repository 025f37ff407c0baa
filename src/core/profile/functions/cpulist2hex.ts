import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist } from './tuned-cpulist.ts'

/** A CPU list as a kernel mask, 8 digits a group. `${f:cpulist2hex:0-3,32}` => `00000001,0000000f` */
export const cpulist2hex: ProfileFunction = {
  name: 'cpulist2hex',
  arity: [0, ANY],
  call: (args, call) => unpackCpulist(args.join(',,'), call).toMask(),
}
