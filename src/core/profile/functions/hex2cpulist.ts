import type { ProfileFunction } from './env.ts'
import { maskCpus, unpacked } from './tuned-cpulist.ts'

/** The CPUs of a kernel mask. `${f:hex2cpulist:00000001,0000000f}` => `0,1,2,3,32` */
export const hex2cpulist: ProfileFunction = {
  name: 'hex2cpulist',
  arity: [1, 1],
  call: ([mask = ''], call) => unpacked(maskCpus(mask, call)),
}
