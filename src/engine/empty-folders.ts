import { dirname } from 'node:path'
import type { Root } from '../host/ports.ts'

/** Removes a folder and the ones around it as long as they hold nothing: `off` leaves no trace of quietcore. */
export function removeEmptyFolders(root: Root, folder: string): void {
  for (let at = folder; at !== '/'; at = dirname(at)) {
    if (root.exists(at) && root.list(at).length > 0) return
    root.removeFolderIfEmpty(at)
  }
}
