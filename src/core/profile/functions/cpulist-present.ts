import { ANY, type ProfileFunction } from './env.ts'
import { unpackCpulist, unpacked } from './tuned-cpulist.ts'

/** The CPUs of the list that are present, online or not. `${f:cpulist_present:2-9}` with 0-3 present => `2,3` */
export const cpulistPresent: ProfileFunction = {
  name: 'cpulist_present',
  arity: [0, ANY],
  call: (args, call) => unpacked(unpackCpulist(args.join(',,'), call).intersect(call.env.facts.cpu.present)),
}
