import { MachineError } from '../core/errors.ts'
import { SERVICE_CONFIG } from '../core/service/service-config.ts'
import type { FileInfo, Root } from '../host/ports.ts'

export const CONFIG_FOLDER = '/etc/quietcore'
/** `/etc/quietcore/profiles/NAME/FILE` is the deepest that there is use for. */
const DEEPEST = 4

/** Everything in /etc/quietcore. */
export function ownFiles(root: Root): string[] {
  return [...new Set([SERVICE_CONFIG, ...filesBelow(root, CONFIG_FOLDER, DEEPEST)])].sort()
}

export const NOT_THERE = 'not there'

/** A file's text, marked as one. Equal ones: there is nothing to read again, whatever was touched or replaced. */
export function markOf(text: string | undefined): string {
  return text === undefined ? NOT_THERE : `is ${text}`
}

/** The mark of a file as it is now; one that cannot be read is as good as not there. */
export function markNow(root: Root, file: string): string {
  return markOf(orNone(() => root.readTextIfThere(file)))
}

/** Editors' own files (a dot in front, `~` behind) are none. */
export function filesBelow(root: Root, folder: string, depth: number): string[] {
  if (depth === 0) return []
  return listed(root, folder)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .flatMap((name) => {
      const path = `${folder}/${name}`
      const kind = kindOf(root, path)
      return kind === 'file' ? [path] : kind === 'directory' ? filesBelow(root, path, depth - 1) : []
    })
}

/** A loop of links, and what a disk that fails does not tell, are none: whoever reads such a file says what is wrong. */
function kindOf(root: Root, path: string): FileInfo['kind'] | undefined {
  return orNone(() => root.info(path)?.kind)
}

function listed(root: Root, folder: string): string[] {
  return orNone(() => root.list(folder)) ?? []
}

/** Nobody waits for a watcher's answer, so what it throws would end the service. */
function orNone<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof MachineError) return undefined
    throw error
  }
}
