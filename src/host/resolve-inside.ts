import * as fs from 'node:fs'
import { join, posix } from 'node:path'
import { MachineError } from '../core/errors.ts'

const MOST_LINKS = 40

/**
 * The real path of a machine's path under its root directory, with every link followed as that machine would
 * (an absolute link starts again at the root directory), so that nothing outside is ever read or written.
 * /proc is taken as it is: its links are never followed here, and 20,000 tasks are read from it.
 * @throws MachineError `too-many-links`
 */
export function resolveInside(root: string, path: string): string {
  const normal = posix.normalize(`/${path}`)
  if (normal.startsWith('/proc/')) return root + normal
  let left = normal.split('/').filter(Boolean)
  let at = root
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
        message: `${path} is a loop of symbolic links`,
        place: { file: path },
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
