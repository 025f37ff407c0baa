/** The steps of a write that a power cut leaves whole or not done at all. */
import * as fs from 'node:fs'
import { dirname } from 'node:path'

/** What follows a file's name while its new content is written beside it. Fixed, so that recovery can clear it. */
export const TEMPORARY = '.quietcore-new'

export function writeAll(fd: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done)
}

/** The written temporary file takes the place of the old one. */
export function replace(target: string): void {
  fs.renameSync(target + TEMPORARY, target)
  syncFolder(dirname(target))
}

/** The file behind a link, so that writing keeps the link. */
export function finalTarget(path: string): string {
  try {
    return fs.realpathSync(path)
  } catch {
    return path
  }
}

export function syncFolder(path: string): void {
  const fd = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}
