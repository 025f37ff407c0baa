import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { image } from './image.ts'
import { DEFAULT_SHAPE, type Shape } from './qemu-argv.ts'
import { DEBIAN_RT, type Recipe } from './recipe.ts'
import { requireSpace, requireTools, runTool } from './tools.ts'
import { newFolder, Vm } from './vm.ts'

export interface FreshVmOptions {
  recipe?: Recipe
  shape?: Partial<Shape>
  /** TCP port for ssh on 127.0.0.1; default: one that is free */
  port?: number
  /** a disk to begin with, copied with the states kept in it; default: an empty overlay over the cached disk */
  diskFrom?: string
}

/**
 * A machine of its own for one test, not yet started.
 * @throws VmError for a missing tool, space, privilege or mirror
 */
export async function freshVm(options: FreshVmOptions = {}): Promise<Vm> {
  requireTools(['qemu-img'])
  const base = await image(options.recipe ?? DEBIAN_RT)
  const folder = newFolder()
  requireSpace(folder, 2 ** 30)
  const disk = join(folder, 'disk.qcow2')
  const overlay = ['-f', 'qcow2', '-F', base.diskFormat, '-b', base.disk, disk]
  if (options.diskFrom === undefined) await runTool(['qemu-img', 'create', '-q', ...overlay])
  else copyFileSync(options.diskFrom, disk)
  const shape = { ...DEFAULT_SHAPE, ...options.shape }
  return new Vm({ ...base, disk, diskFormat: 'qcow2' }, shape, folder, options.port)
}
