import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Root } from '../host/ports.ts'
import { moduleFolder, parameterPath } from '../knobs/module-parameter.ts'
import { parameterComparison } from './parameter-comparison.ts'

/** A wish for one parameter of a module. */
export interface ModuleWish {
  module: string
  parameter: string
  value: string
}

const HEAD =
  '# Written by quietcore; `quietcore off` takes it away. Your own options belong in another file.\n'

/**
 * The settings for module parameters: each as it is in force, written now where the module allows it, and one
 * modprobe.d file that gives all of them at the next load.
 * @param file `/etc/modprobe.d/quietcore.conf`
 */
export function moduleSettings(
  unit: Unit,
  file: string,
  wishes: readonly ModuleWish[],
  root: Root,
): Setting[] {
  if (wishes.length === 0) return []
  const carrier = fileSetting(unit, file, wishes)
  const parameters = wishes.map((wish) => parameterSetting(unit, wish, carrier, root))
  const waits = parameters.some(({ carriedBy }) => carriedBy !== undefined)
  // The file comes last: while the machine refuses a live value, no later load has it either.
  return [...parameters, { ...carrier, effect: waits ? 'reboot' : 'now' }]
}

/** One `options` line for each module, in the order of the wishes (modprobe.d(5)). */
export function modprobeText(wishes: readonly ModuleWish[]): string {
  const lines = [...new Set(wishes.map(({ module }) => module))].map((module) => {
    const own = wishes.filter((wish) => wish.module === module)
    return `options ${module} ${own.map(({ parameter, value }) => `${parameter}=${value}`).join(' ')}\n`
  })
  return HEAD + lines.join('')
}

function fileSetting(unit: Unit, file: string, wishes: readonly ModuleWish[]): Setting {
  return {
    id: `${unit.type}:${file}`,
    section: unit.name,
    target: file,
    want: modprobeText(wishes),
    effect: 'now',
    compare: 'bytes',
    knob: { knob: 'disk-file', path: file },
  }
}

function parameterSetting(unit: Unit, wish: ModuleWish, carrier: Setting, root: Root): Setting {
  const { module, parameter, value } = wish
  const path = parameterPath(wish)
  const info = root.info(path)
  const compare = info === undefined ? 'text' : parameterComparison(shown(path, root), value)
  const base: Setting = {
    id: `${unit.type}:${module}.${parameter}`,
    section: unit.name,
    target: path,
    want: value,
    effect: 'now',
    compare,
    knob: { knob: 'module-parameter', module, parameter, compare },
  }
  if (info === undefined) return { ...base, unsupported: whyNotThere(wish, carrier.target, root) }
  const writable = (info.mode & 0o200) !== 0
  return writable ? base : { ...base, effect: 'reboot', carriedBy: carrier.id }
}

function whyNotThere({ module, parameter }: ModuleWish, file: string, root: Root): string {
  return root.exists(moduleFolder(module))
    ? `the loaded module ${module} shows no parameter '${parameter}', so only ${file} has it`
    : `the module ${module} is not loaded; ${file} gives it ${parameter} when it is`
}

function shown(path: string, root: Root): string {
  try {
    return root.readTextIfThere(path) ?? ''
  } catch {
    // Some parameters can only be written; reading them then says why.
    return ''
  }
}

/** A file for each unit, so that two units of one type do not overwrite each other's. */
export function unitFile(stem: string, unit: Unit): string {
  const own = unit.name === unit.type ? '' : `-${unit.name.replace(/[^A-Za-z0-9_-]/g, '_')}`
  return `/etc/modprobe.d/${stem}${own}.conf`
}
