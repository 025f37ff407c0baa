import * as fs from 'node:fs'
import { join, posix } from 'node:path'
import { MachineError } from '../core/errors.ts'

const MOST_LINKS = 40

/**
 * The real path of a machine's path under its root directory, with every link followed as that machine would
 * (an absolute link starts again at the root directory), so that nothing outside is ever read or written.
 * /proc is taken as it is: its links are never followed here, and 20,000 tasks are read from it.
 * @param folders what folders were resolved to so far: a machine has thousands of files in few of them
 * @throws MachineError `too-many-links`
 */
export function resolveInside(root: string, path: string, folders: Map<string, string>): string {
  const normal = posix.normalize(`/${path}`)
  if (normal.startsWith('/proc/')) return root + normal
  const parent = posix.dirname(normal)
  const folder = folders.get(parent) ?? follow(root, parent, root)
  folders.set(parent, folder)
  return follow(root, posix.basename(normal), folder)
}

/** Walks `path` from the folder `from`, following links. */
function follow(root: string, path: string, from: string): string {
  let left = path.split('/').filter(Boolean)
  let at = from
  let links = 0
  while (left.length > 0) {
    const name = left.shift()!
    if (name === '.') continue
    if (name === '..') {
      at = at === root ? root : posix.dirname(at)
      continue
    }
    const next = join(at, name)
    const target = linkTarget(next)
    if (target === undefined) {
      at = next
      continue
    }
    if (++links > MOST_LINKS) {
      throw new MachineError({
        code: 'too-many-links',
        message: `${posix.join('/', at.slice(root.length), name)} is a loop of symbolic links`,
        place: { file: posix.join('/', at.slice(root.length), name) },
      })
    }
    left = [...target.split('/').filter(Boolean), ...left]
    if (target.startsWith('/')) at = root
  }
  return at
}

function linkTarget(path: string): string | undefined {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false })
  return stat?.isSymbolicLink() ? fs.readlinkSync(path) : undefined
}
