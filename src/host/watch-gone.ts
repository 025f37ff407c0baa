import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Root } from './ports.ts'

/**
 * Calls `then` once when the file is not there (any more). By inotify, without a timer. Answers how to stop waiting, or
 * undefined when the folder cannot be watched.
 */
export function whenGone(root: Root, path: string, then: () => void): (() => void) | undefined {
  const name = basename(path)
  try {
    const watcher = watch(root.outside(dirname(path)))
    const look = () => {
      if (root.exists(path)) return
      watcher.close()
      then()
    }
    watcher.on('change', (_, changed) => {
      if (changed === name) look()
    })
    // The folder itself went.
    watcher.on('error', look)
    // It may have gone before the watch began.
    setImmediate(look)
    return () => watcher.close()
  } catch {
    return undefined
  }
}
