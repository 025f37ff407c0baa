import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { linkChain } from './link-chain.ts'
import type { Root } from './ports.ts'

/** How far up a folder may be removed and made again. */
const FOLDERS_UP = 3

export interface PathWatch {
  /** from now on these machine paths, files or folders (with what is directly in them), there or not */
  set(paths: readonly string[]): void
  close(): void
}

/**
 * Calls `onEvent` when something happened to one of the paths, in whatever way: written, replaced, linked elsewhere,
 * removed and made again. Folders are watched, not files: a replaced file is another file, and one that is not there yet
 * cannot be watched. Too many calls do no harm, so what changed is for the caller to find out.
 *
 * The kernel's own events and nothing else: chokidar compares names between looks, and so lost what was written into a
 * folder that was made again (docs/architecture.md).
 */
export function watchPaths(root: Root, onEvent: () => void): PathWatch {
  let wanted = new Set<string>()
  let inside = new Set<string>()
  let given: readonly string[] = []
  const watched = new Map<string, { id: string; watcher: FSWatcher }>()

  function refresh(): void {
    const chains = given.flatMap((path) => linkChain(root, path))
    wanted = new Set([...chains, ...chains.flatMap((path) => foldersAbove(path, root.dir))])
    inside = new Set(chains)
    for (const path of new Set([...watched.keys(), ...wanted])) rewatch(path)
  }

  /** A folder that was made again is another one. */
  function rewatch(path: string): void {
    const id = wanted.has(path) ? folderId(path) : undefined
    const before = watched.get(path)
    if (before?.id === id) return
    before?.watcher.close()
    watched.delete(path)
    if (id !== undefined) watchFolder(path, id)
  }

  function watchFolder(path: string, id: string): void {
    try {
      const watcher = watch(path, (_, name) => {
        // A folder that goes is told of by its own name.
        if (name !== null && name !== basename(path) && !matters(join(path, name))) return
        refresh()
        onEvent()
      })
      watcher.on('error', onEvent)
      watched.set(path, { id, watcher })
    } catch {
      // Gone meanwhile: the folder above tells. Or too few inotify watches (fs.inotify.max_user_watches): SIGHUP still works.
    }
  }

  function matters(path: string): boolean {
    return wanted.has(path) || inside.has(dirname(path))
  }

  return {
    set(paths) {
      given = paths
      refresh()
    },
    close() {
      for (const { watcher } of watched.values()) watcher.close()
    },
  }
}

function foldersAbove(path: string, top: string): string[] {
  const folders: string[] = []
  for (
    let at = dirname(path);
    folders.length < FOLDERS_UP && at.startsWith(top) && at !== '/';
    at = dirname(at)
  ) {
    folders.push(at)
  }
  return folders
}

/**
 * File systems give the number of a removed folder to the next one; its time of birth tells them apart. What cannot be
 * looked at (a loop of links, a disk that fails) is no folder to watch: the one above tells when it is another.
 */
function folderId(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
    return stat?.isDirectory() ? `${stat.dev}:${stat.ino}:${stat.birthtimeNs}` : undefined
  } catch {
    return undefined
  }
}
