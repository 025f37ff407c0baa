import { ANY, type ProfileFunction } from './env.ts'
import { devicesOf } from './package-match.ts'

/** Intel's uncore frequency driver, older names and the TPMI interface (admin-guide/pm/intel_uncore_frequency_scaling.rst). */
const UNCORES = '/sys/devices/system/cpu/intel_uncore_frequency'

/** The uncore devices of one or more sockets. `${f:package2uncores:0}` => `package_00_die_00` */
export const package2uncores: ProfileFunction = {
  name: 'package2uncores',
  arity: [0, ANY],
  call(args, call) {
    const names = call.env.list(UNCORES)
    const tpmi = names.filter((name) => name.startsWith('uncore'))
    const devices =
      tpmi.length > 0
        ? tpmi.map((name) => ({ name, id: call.env.readText(`${UNCORES}/${name}/package_id`) }))
        : names.map((name) => ({ name, id: name.slice('package_'.length, 'package_NN'.length) }))
    return devicesOf(devices, args, call)
  },
}
