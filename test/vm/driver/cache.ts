import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { runTool } from './tools.ts'

/** Where built disks stay: QUIETCORE_VM_CACHE, else `quietcore-vm` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(
    env.QUIETCORE_VM_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quietcore-vm'),
  )
}

/**
 * The folder `<cache>/<key>`, filled by `build` when it is not there. It appears whole or not at all; when two
 * processes build at once, the first to finish wins and the other's work is dropped.
 */
export async function cached(key: string, build: (folder: string) => Promise<void>): Promise<string> {
  const cache = cacheFolder()
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  const folder = join(cache, key)
  if (readdirSync(cache).includes(key)) return folder
  await removeAbandoned(cache)
  const growing = join(cache, `${key}.building-${process.pid}`)
  mkdirSync(growing, { mode: 0o700 })
  try {
    await build(growing)
    renameSync(growing, folder)
  } catch (error) {
    await removeTree(growing)
    if (!readdirSync(cache).includes(key)) throw error
  }
  return folder
}

/** Removes a tree, and never what is mounted inside it. */
export async function removeTree(folder: string): Promise<void> {
  await runTool(['rm', '-rf', '--one-file-system', '--', folder])
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const pid = /\.building-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) await removeTree(join(cache, name))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
