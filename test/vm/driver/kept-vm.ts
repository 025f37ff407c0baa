import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freshVm } from './fresh-vm.ts'
import { image } from './image.ts'
import { orDestroyed } from './prepared.ts'
import { DEFAULT_SHAPE, qemuArgv } from './qemu-argv.ts'
import type { Recipe } from './recipe.ts'
import { runTool } from './tools.ts'
import type { Vm } from './vm.ts'

/**
 * A machine of its own that goes on from a kept state, in seconds. The state lies beside the cached disk, one for each
 * version of QEMU and shape of the machine; where it is missing, `make` brings a machine there. Its clock stands where it stood then, and its
 * console begins there.
 */
export async function keptVm(name: string, recipe: Recipe, make: () => Promise<Vm>): Promise<Vm> {
  const { disk } = await image(recipe)
  const kept = join(dirname(disk), `${name}-qemu-${await qemuVersion()}-${HARDWARE}.qcow2`)
  if (!existsSync(kept)) await keep(name, kept, make)
  return orDestroyed(await freshVm({ recipe, diskFrom: kept }), (vm) => vm.start({ fromState: name }))
}

/** A state holds the CPUs and devices that it was made with. */
const HARDWARE = createHash('sha256')
  .update(
    JSON.stringify(
      qemuArgv({
        shape: DEFAULT_SHAPE,
        disk: '',
        diskFormat: 'qcow2',
        sshPort: 0,
        consoleFile: '',
        qmpSocket: '',
      }),
    ),
  )
  .digest('hex')
  .slice(0, 8)

/** Removes kept states whose name begins so and that an hour has not seen made. */
export async function forgetKept(prefix: string, recipe: Recipe): Promise<void> {
  const folder = dirname((await image(recipe)).disk)
  for (const name of readdirSync(folder).filter((each) => each.startsWith(prefix))) {
    const path = join(folder, name)
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    if (ageMs > 3_600_000) rmSync(path, { force: true })
  }
}

async function keep(name: string, kept: string, make: () => Promise<Vm>): Promise<void> {
  const vm = await make()
  try {
    await vm.output(['sync'])
    await vm.saveState(name)
    await vm.cutPower()
    copyFileSync(vm.disk, `${kept}.${process.pid}`)
    renameSync(`${kept}.${process.pid}`, kept)
  } finally {
    await vm.destroy()
  }
}

async function qemuVersion(): Promise<string> {
  return /version ([\w.]+)/.exec(await runTool(['qemu-system-x86_64', '--version']))?.[1] ?? 'unknown'
}
