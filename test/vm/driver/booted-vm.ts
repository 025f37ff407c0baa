import { copyFileSync, existsSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freshVm } from './fresh-vm.ts'
import { image } from './image.ts'
import { DEBIAN_RT, type Recipe } from './recipe.ts'
import { runTool } from './tools.ts'
import type { Vm } from './vm.ts'

const STATE = 'booted'

/**
 * A machine of its own, booted through GRUB and idle, in seconds: the state after the first such boot lies beside the
 * cached disk, one for each version of QEMU. Its clock stands where it stood then, and its console begins there.
 */
export async function bootedVm(recipe: Recipe = DEBIAN_RT): Promise<Vm> {
  const { disk } = await image(recipe)
  const version =
    /version ([\w.]+)/.exec(await runTool(['qemu-system-x86_64', '--version']))?.[1] ?? 'unknown'
  const kept = join(dirname(disk), `booted-qemu-${version}.qcow2`)
  const vm = await freshVm({ recipe })
  if (existsSync(kept)) {
    copyFileSync(kept, join(vm.folder, `${STATE}.disk`))
    vm.restoreDisk(STATE)
    await vm.start({ fromState: STATE })
    return vm
  }
  await vm.start()
  await vm.run(['systemctl', 'is-system-running', '--wait'])
  await vm.output(['sync'])
  await vm.saveState(STATE)
  await vm.cutPower()
  vm.keepDisk(STATE)
  copyFileSync(join(vm.folder, `${STATE}.disk`), `${kept}.${process.pid}`)
  renameSync(`${kept}.${process.pid}`, kept)
  await vm.start({ fromState: STATE })
  return vm
}
