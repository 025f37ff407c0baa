import { matches } from '../core/plan/compare.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import type { ModuleWish } from './modprobe.ts'
import { parameterComparison } from './parameter-comparison.ts'

/** A file of an earlier folder hides one of the same name in a later one (modprobe.d(5)). */
const FOLDERS = [
  '/etc/modprobe.d',
  '/run/modprobe.d',
  '/usr/local/lib/modprobe.d',
  '/usr/lib/modprobe.d',
  '/lib/modprobe.d',
]

/**
 * Other files that give a wished parameter another value. modprobe joins the options of all files in the order of
 * their names, and the kernel takes the last one.
 */
export function modprobeConflicts(ours: string, wishes: readonly ModuleWish[], root: Root): Warning[] {
  const ourName = nameOf(ours)
  return [...otherFiles(ourName, root)].flatMap(([name, file]) =>
    (root.readTextIfThere(file) ?? '').split('\n').flatMap((line, index) => {
      const [word, module, ...options] = line.trim().split(/\s+/)
      if (word !== 'options') return []
      return wishes
        .filter((wish) => wish.module === module?.replaceAll('-', '_'))
        .flatMap(({ parameter, value }) => {
          const other = options
            .findLast((option) => option.startsWith(`${parameter}=`))
            ?.slice(parameter.length + 1)
          if (other === undefined || same(value, other)) return []
          const wins =
            name > ourName ? `; it is read after ${ours}, so it has the last word at the next load` : ''
          const message = `${file}:${index + 1} sets ${module} ${parameter}=${other}, the profile ${parameter}=${value}${wins}`
          return [{ code: 'modprobe-conflict', message, place: { file, line: index + 1 } }]
        })
    }),
  )
}

function otherFiles(ourName: string, root: Root): Map<string, string> {
  const files = new Map<string, string>()
  for (const folder of FOLDERS) {
    for (const name of root.list(folder)) {
      if (name.endsWith('.conf') && name !== ourName && !files.has(name)) files.set(name, `${folder}/${name}`)
    }
  }
  return files
}

/** `N`, `0` and `no` are one value of a boolean. */
function same(a: string, b: string): boolean {
  return a === b || matches('boolean', a, b) || matches(parameterComparison(a, b), a, b)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
