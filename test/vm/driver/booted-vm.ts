import { freshVm } from './fresh-vm.ts'
import { keptVm } from './kept-vm.ts'
import { orDestroyed } from './prepared.ts'
import { DEBIAN_RT, type Recipe } from './recipe.ts'
import type { Vm } from './vm.ts'
import { atRest } from './wait-for.ts'

/** The name of the state, for `forgetState`. */
export const BOOTED = 'booted'

/** A machine of its own, booted through GRUB and idle, in seconds. */
export async function bootedVm(recipe: Recipe = DEBIAN_RT): Promise<Vm> {
  return keptVm(BOOTED, recipe, async () =>
    orDestroyed(await freshVm({ recipe }), async (vm) => {
      await vm.start()
      await atRest(vm)
    }),
  )
}
