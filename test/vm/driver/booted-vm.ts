import { freshVm } from './fresh-vm.ts'
import { keptVm } from './kept-vm.ts'
import { DEBIAN_RT, type Recipe } from './recipe.ts'
import type { Vm } from './vm.ts'

/** The name of the state, for `forgetState`. */
export const BOOTED = 'booted'

/** A machine of its own, booted through GRUB and idle, in seconds. */
export async function bootedVm(recipe: Recipe = DEBIAN_RT): Promise<Vm> {
  return keptVm(BOOTED, recipe, async () => {
    const vm = await freshVm({ recipe })
    await vm.start()
    await vm.run(['systemctl', 'is-system-running', '--wait'])
    return vm
  })
}
