import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { MachineError } from '../core/errors.ts'
import { codeOf } from './io-error.ts'
import type { Root } from './ports.ts'

/**
 * Gives a folder its final name in one step, so that nobody ever sees it half written; everything in it is on disk
 * before (fsync of each file was done by who wrote it) and the name is on disk after.
 * @throws MachineError
 */
export function renameFolder(root: Root, from: string, to: string): void {
  attempt(`rename ${from} to ${to}`, to, () => {
    sync(root.outside(from))
    fs.renameSync(root.outside(from), root.outside(to))
    sync(dirname(root.outside(to)))
  })
}

/** Removes a folder with all that is in it; one that is not there is fine. */
export function removeFolder(root: Root, path: string): void {
  attempt(`remove ${path}`, path, () => fs.rmSync(root.outside(path), { recursive: true, force: true }))
}

/** tracefs: an instance goes by rmdir(2), although it looks full. */
export function removeTraceInstance(root: Root, path: string): void {
  attempt(`remove ${path}`, path, () => fs.rmdirSync(root.outside(path)))
}

function sync(path: string): void {
  const fd = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

function attempt(what: string, path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    const message = `could not ${what}: ${error instanceof Error ? error.message : String(error)}`
    throw new MachineError({
      code: `io-${(codeOf(error) ?? 'unknown').toLowerCase()}`,
      message,
      place: { file: path },
      cause: error,
    })
  }
}
