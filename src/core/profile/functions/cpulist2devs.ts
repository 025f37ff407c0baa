import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist } from './tuned-cpulist.ts'

/** A CPU list as device names. `${f:cpulist2devs:1-3}` => `cpu1,cpu2,cpu3` */
export const cpulist2devs: ProfileFunction = {
  name: 'cpulist2devs',
  arity: [0, ANY],
  call: (args, call) =>
    unpackCpulist(args.join(','), call)
      .cpus.map((cpu) => `cpu${cpu}`)
      .join(','),
}
