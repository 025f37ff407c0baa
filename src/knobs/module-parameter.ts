import type { Comparison } from '../core/plan/compare.ts'
import type { KnobRef } from '../core/plan/setting.ts'
import type { Knob } from './knob.ts'
import { readLive, restoreLive, writeLive } from './live-file.ts'

/** A parameter of a kernel module as it is in force, written live where the module allows it. */
export interface ModuleParameterRef extends KnobRef {
  knob: 'module-parameter'
  module: string
  parameter: string
  compare: Comparison
}

export const moduleParameter: Knob<ModuleParameterRef> = {
  name: 'module-parameter',
  lifetime: 'boot',
  read(ref, { root }) {
    const path = parameterPath(ref)
    if (root.exists(path)) return readLive(path, root)
    return root.exists(moduleFolder(ref.module))
      ? {
          unsupported: `the module ${ref.module} of this kernel does not show a parameter '${ref.parameter}'`,
        }
      : { unsupported: `the module ${ref.module} is not loaded` }
  },
  capture: (ref, { root }) => root.readTextIfThere(parameterPath(ref)) ?? null,
  write: (ref, value, { root }) => writeLive(parameterPath(ref), String(value), root),
  restore: (ref, before, wrote, ports) =>
    restoreLive({ path: parameterPath(ref), compare: ref.compare }, before, wrote, ports),
}

/** `/sys/module/kvm_intel`: modprobe takes `kvm-intel` too, /sys does not. */
export function moduleFolder(module: string): string {
  return `/sys/module/${module.replaceAll('-', '_')}`
}

export function parameterPath({
  module,
  parameter,
}: Pick<ModuleParameterRef, 'module' | 'parameter'>): string {
  return `${moduleFolder(module)}/parameters/${parameter}`
}
