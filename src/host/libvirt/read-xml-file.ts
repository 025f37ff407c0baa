import * as fs from 'node:fs'
import { InputError } from '../../core/errors.ts'
import { codeOf } from '../io-error.ts'

/**
 * A file that an operator names (`-`: standard input; a pipe is fine), read no further than one byte past `most`.
 * @throws InputError `no-such-file`, `unreadable-file`, `not-utf8`, `too-large`
 */
export function readXmlFile(
  path: string,
  mostBytes: number,
  tooLarge: (bytes: number) => InputError,
): string {
  const bytes = read(path, mostBytes + 1)
  if (bytes.length > mostBytes) throw tooLarge(sizeOf(path) ?? bytes.length)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new InputError({
      code: 'not-utf8',
      message: 'the file is not UTF-8 text',
      place: { file: path },
      next: 'Give the XML that `virsh dumpxml NAME` writes.',
      cause,
    })
  }
}

function read(path: string, most: number): Buffer {
  try {
    const fd = path === '-' ? 0 : fs.openSync(path, 'r')
    try {
      const chunks: Buffer[] = []
      let length = 0
      while (length < most) {
        const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, most - length))
        const got = fs.readSync(fd, chunk, 0, chunk.length, null)
        if (got === 0) break
        chunks.push(chunk.subarray(0, got))
        length += got
      }
      return Buffer.concat(chunks, length)
    } finally {
      if (fd !== 0) fs.closeSync(fd)
    }
  } catch (cause) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '')
    throw new InputError({
      code: missing ? 'no-such-file' : 'unreadable-file',
      message: missing ? 'there is no such file' : `the file cannot be read: ${codeOf(cause) ?? cause}`,
      place: { file: path },
      next: 'Name a domain of libvirt, or a file that `virsh dumpxml NAME` wrote.',
      cause,
    })
  }
}

function sizeOf(path: string): number | undefined {
  const stat = path === '-' ? undefined : fs.statSync(path, { throwIfNoEntry: false })
  return stat?.isFile() ? stat.size : undefined
}

/** Whether a file (or pipe) lies under that path; a folder of that name is none. */
export function fileIsThere(path: string): boolean {
  if (path === '-') return true
  const stat = fs.statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && !stat.isDirectory()
}
