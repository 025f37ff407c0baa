import { ANY, type ProfileFunction } from './env.ts'
import { devicesOf } from './package-match.ts'

/** The CPUs of one or more sockets as device names, offline ones left out. `${f:package2cpus:0}` => `cpu0,cpu1,cpu2,cpu3` */
export const package2cpus: ProfileFunction = {
  name: 'package2cpus',
  arity: [0, ANY],
  call: (args, call) =>
    devicesOf(
      call.env.facts.cpu.places.map(({ cpu, package: id }) => ({ name: `cpu${cpu}`, id: `${id}` })),
      args,
      call,
    ),
}
