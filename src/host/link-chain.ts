import { lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Root } from './ports.ts'

/** path_resolution(7): the kernel gives up after 40 links. */
const MOST_LINKS = 40

/**
 * Every path that decides what is found at a machine path: the path itself, each symbolic link on the way, and what they
 * lead to. As paths of this machine whose folders are free of links.
 */
export function linkChain({ dir }: Root, path: string): string[] {
  const found: string[] = []
  const left = path.split('/').filter(Boolean)
  let links = 0
  let at = '/'
  while (left.length > 0) {
    const name = left.shift()!
    if (name === '.') continue
    if (name === '..') {
      at = join(at, '..')
      continue
    }
    const next = join(at, name)
    const target = links < MOST_LINKS ? linkTarget(join(dir, next)) : undefined
    if (target === undefined) {
      at = next
      continue
    }
    links++
    found.push(join(dir, next))
    left.unshift(...target.split('/').filter(Boolean))
    if (target.startsWith('/')) at = '/'
  }
  return [...found, join(dir, at)]
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined
  } catch {
    return undefined
  }
}
