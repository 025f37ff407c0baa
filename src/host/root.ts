import * as fs from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { MachineError } from '../core/errors.ts'
import { finalTarget, replace, syncFolder, TEMPORARY, writeAll } from './durable-write.ts'
import { globPaths } from './glob.ts'
import { attempt, codeOf, ifThere } from './io-error.ts'
import type { FileInfo, Root } from './ports.ts'
import { resolveInside } from './resolve-inside.ts'
import { settleBootFiles } from './settle-boot-files.ts'
import { readSmall } from './small-read.ts'

/**
 * Opens a machine's file tree: `/` for this machine, else a directory that holds one. `settle` is called with the
 * folder of a boot loader's file before the file is replaced and after; a tree that is no running machine needs nothing.
 * @throws MachineError `no-such-root` when the directory is not there
 */
export function openRoot(
  dir: string,
  settle: (folder: string) => void = posix.resolve(dir) === '/' ? settleBootFiles : () => {},
): Root {
  const top = posix.resolve(dir)
  if (!fs.statSync(top, { throwIfNoEntry: false })?.isDirectory()) {
    throw new MachineError({
      code: 'no-such-root',
      message: `the root directory '${dir}' is not there or is no directory`,
      next: 'Give --root a directory that holds a machine (DIR/proc, DIR/sys, DIR/etc).',
    })
  }
  return new MachineRoot(top, settle)
}

class MachineRoot implements Root {
  readonly dir: string
  readonly live: boolean
  readonly #folders = new Map<string, string>()
  readonly #settle: (folder: string) => void

  constructor(dir: string, settle: (folder: string) => void) {
    this.dir = dir
    this.live = dir === '/'
    this.#settle = settle
  }

  outside(path: string): string {
    if (this.live) return posix.normalize(path)
    const isFirst = this.#folders.size === 0
    const found = resolveInside(this.dir, path, this.#folders)
    // A folder may be linked elsewhere while a service waits: what is known lasts for one turn of the event loop.
    if (isFirst && this.#folders.size > 0) setImmediate(() => this.#folders.clear())
    return found
  }

  readText(path: string): string {
    return attempt('read', path, () => readSmall(this.outside(path)))
  }

  readTextIfThere(path: string): string | undefined {
    return ifThere('read', path, () => readSmall(this.outside(path)))
  }

  readBytesIfThere(path: string): Buffer | undefined {
    return ifThere('read', path, () => fs.readFileSync(this.outside(path)))
  }

  exists(path: string): boolean {
    return this.info(path) !== undefined
  }

  info(path: string): FileInfo | undefined {
    const stat = ifThere('look at', path, () => fs.statSync(this.outside(path), { throwIfNoEntry: false }))
    if (!stat) return undefined
    const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other'
    return { kind, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, sizeBytes: stat.size }
  }

  list(path: string): string[] {
    return (ifThere('list', path, () => fs.readdirSync(this.outside(path))) ?? []).sort()
  }

  glob(pattern: string): string[] {
    return globPaths(
      pattern,
      (dir) => this.list(dir),
      (path) => this.exists(path),
    )
  }

  realPath(path: string): string | undefined {
    if (this.live) return ifThere('follow', path, () => fs.realpathSync(path))
    const outside = this.outside(path)
    return fs.existsSync(outside) ? outside.slice(this.dir.length) || '/' : undefined
  }

  writeLive(path: string, text: string): void {
    attempt('write', path, () => {
      const target = this.outside(path)
      // A made machine's file stands for the kernel's, which takes a value in one step and creates nothing.
      if (!this.live) return fs.writeFileSync(fs.realpathSync(target), text)
      const fd = fs.openSync(target, fs.constants.O_WRONLY)
      try {
        fs.writeSync(fd, text)
      } finally {
        fs.closeSync(fd)
      }
    })
  }

  writeFile(path: string, content: string | Uint8Array, mode = 0o644): void {
    this.makeFolder(dirname(path))
    attempt('write', path, () => {
      const target = finalTarget(this.outside(path))
      const earlier = fs.statSync(target, { throwIfNoEntry: false })
      const fd = fs.openSync(target + TEMPORARY, 'w', 0o600)
      try {
        writeAll(fd, content)
        if (earlier) fs.fchownSync(fd, earlier.uid, earlier.gid)
        fs.fchmodSync(fd, earlier ? earlier.mode & 0o7777 : mode)
        fs.fsyncSync(fd)
      } finally {
        fs.closeSync(fd)
      }
      if (isBootFile(path)) this.#replaceBootFile(target)
      else replace(target)
    })
  }

  /** At every moment the boot loader finds the old file or the new one, each whole, though it replays no journal. */
  #replaceBootFile(target: string): void {
    // open, so that the blocks of the old file are not given to others while the disk's folder still names it
    const old = fs.existsSync(target) ? fs.openSync(target, 'r') : undefined
    try {
      this.#settle(dirname(target))
      replace(target)
      this.#settle(dirname(target))
    } finally {
      if (old !== undefined) fs.closeSync(old)
    }
  }

  discardTemporary(path: string): void {
    ifThere('remove', path + TEMPORARY, () =>
      fs.rmSync(finalTarget(this.outside(path)) + TEMPORARY, { force: true }),
    )
  }

  append(path: string, content: string): void {
    attempt('append to', path, () => {
      const fd = fs.openSync(this.outside(path), 'a', 0o600)
      try {
        writeAll(fd, content)
        fs.fsyncSync(fd)
      } finally {
        fs.closeSync(fd)
      }
    })
  }

  remove(path: string): void {
    ifThere('remove', path, () => {
      const target = this.outside(path)
      fs.unlinkSync(target)
      syncFolder(dirname(target))
    })
  }

  removeFolderIfEmpty(path: string): void {
    ifThere('remove', path, () => {
      const target = this.outside(path)
      if (fs.readdirSync(target).length > 0) return
      try {
        fs.rmdirSync(target)
      } catch (error) {
        // a mount point, as each writable folder of a sandboxed unit is one, in a parent that is read-only there
        if (['EBUSY', 'EROFS'].includes(codeOf(error) ?? '')) return
        throw error
      }
      syncFolder(dirname(target))
    })
  }

  makeFolder(path: string, mode = 0o755): void {
    if (this.exists(path)) return
    const parent = dirname(path)
    if (parent !== path) this.makeFolder(parent)
    attempt('make the folder', path, () => {
      try {
        // Not `recursive`, which says ENOENT for a read-only file system.
        fs.mkdirSync(this.outside(path), { mode })
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
      }
      syncFolder(dirname(this.outside(path)))
    })
  }

  createExclusive(path: string, content: string): boolean {
    this.makeFolder(dirname(path))
    return attempt('create', path, () => {
      // A whole file appears at once: link(2) fails when the name is taken, and nobody ever reads half a lock.
      const target = this.outside(path)
      const own = join(dirname(target), `.${basename(target)}.${process.pid}`)
      fs.writeFileSync(own, content, { mode: 0o600 })
      try {
        fs.linkSync(own, target)
        return true
      } catch (error) {
        // ENOENT: the holder of the name swept ours away.
        if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
        throw error
      } finally {
        fs.rmSync(own, { force: true })
      }
    })
  }
}

function isBootFile(path: string): boolean {
  return path.startsWith('/boot/') || path.startsWith('/efi/')
}
