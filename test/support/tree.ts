import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Every path below `dir` with its kind, mode and content's hash: two equal listings are two equal trees. */
export function listTree(dir: string, skip: (path: string) => boolean = () => false): Record<string, string> {
  const found: Record<string, string> = {}
  walk(dir)
  return found

  function walk(folder: string): void {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      const inside = `/${relative(dir, path)}`
      if (skip(inside)) continue
      const stat = lstatSync(path)
      const mode = (stat.mode & 0o7777).toString(8)
      if (stat.isSymbolicLink()) found[inside] = `link ${readlinkSync(path)}`
      else if (stat.isSocket()) found[inside] = `socket ${mode}`
      else if (stat.isDirectory()) {
        found[inside] = `folder ${mode}`
        walk(path)
      } else found[inside] = `file ${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
    }
  }
}
