import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { BOOTED, bootedVm } from './driver/booted-vm.ts'
import { forgetKept, keptVm } from './driver/kept-vm.ts'
import { orDestroyed } from './driver/prepared.ts'
import { DEBIAN_RT, type Recipe } from './driver/recipe.ts'
import type { Vm } from './driver/vm.ts'
import { installQuietcore, packageFile } from './install-quietcore.ts'

const PREFIX = 'installed-'

/** A machine of its own, booted, with the package installed and nothing tuned, in seconds: kept for each package. */
export async function installedVm(recipe: Recipe = DEBIAN_RT): Promise<Vm> {
  const hash = createHash('sha256').update(readFileSync(packageFile())).digest('hex').slice(0, 12)
  return keptVm(`${PREFIX}${hash}`, recipe, async () => {
    await forgetKept(PREFIX, recipe)
    return orDestroyed(await bootedVm(recipe), async (vm) => {
      await vm.forgetState(BOOTED)
      await installQuietcore(vm)
    })
  })
}
