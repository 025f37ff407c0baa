import * as fs from 'node:fs'
import { InputError, MachineError } from '../core/errors.ts'
import { codeOf } from './io-error.ts'

const CHUNK_BYTES = 1024 * 1024

/** What a path that an operator typed leads to, on this machine; undefined when there is nothing. */
export function kindOfPath(path: string): 'file' | 'folder' | undefined {
  const stat = fs.statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? undefined : stat.isDirectory() ? 'folder' : 'file'
}

/**
 * A file of this machine, or standard input (`-`), in chunks: a file of any size costs the memory of one chunk, which
 * is used again for the next.
 * @throws InputError `no-such-file`; MachineError when it is there and cannot be read
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  if (path === '-') {
    for await (const chunk of process.stdin) yield chunk as Uint8Array
    return
  }
  try {
    const fd = fs.openSync(path, 'r')
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      for (let length = 1; length > 0; ) {
        length = fs.readSync(fd, chunk, 0, CHUNK_BYTES, null)
        if (length > 0) yield chunk.subarray(0, length)
      }
    } finally {
      fs.closeSync(fd)
    }
  } catch (error) {
    throw failure(path, error)
  }
}

function failure(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error
  const place = { file: path }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const next =
      'Give the file that a tool wrote, the name of a run (`quietcore history`), or - for standard input.'
    return new InputError({
      code: 'no-such-file',
      message: 'there is no such file',
      place,
      next,
      cause: error,
    })
  }
  return new MachineError({
    code: `io-${code.toLowerCase()}`,
    message: `the file cannot be read (${code})`,
    place,
    next: 'Check who may read it.',
    cause: error,
  })
}
