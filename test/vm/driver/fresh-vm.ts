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
}

/**
 * A machine of its own for one test: an empty overlay over the cached disk, not yet started.
 * @throws VmError for a missing tool, space, privilege or mirror
 */
export async function freshVm(options: FreshVmOptions = {}): Promise<Vm> {
  requireTools(['qemu-img'])
  const base = await image(options.recipe ?? DEBIAN_RT)
  const folder = newFolder()
  requireSpace(folder, 2 ** 30)
  const disk = join(folder, 'disk.qcow2')
  await runTool(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', base.diskFormat, '-b', base.disk, disk])
  const shape = { ...DEFAULT_SHAPE, ...options.shape }
  return new Vm({ ...base, disk, diskFormat: 'qcow2' }, shape, folder, options.port)
}
