import * as fs from 'node:fs'

/** One buffer for all small reads: /proc and sysfs files rarely exceed a page. */
const SCRATCH = Buffer.allocUnsafe(256 * 1024)

/** A text file in one buffer; longer ones are read as Node does. */
export function readSmall(path: string): string {
  const fd = fs.openSync(path, 'r')
  try {
    let length = 0
    while (length < SCRATCH.length) {
      const got = fs.readSync(fd, SCRATCH, length, SCRATCH.length - length, null)
      if (got === 0) return SCRATCH.toString('utf8', 0, length)
      length += got
    }
    return fs.readFileSync(path, 'utf8')
  } finally {
    fs.closeSync(fd)
  }
}
