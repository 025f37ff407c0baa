import { InputError } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'

/**
 * A nova.conf as text that, written again, gives the same bytes.
 * @throws InputError `no-nova-conf`, `nova-conf-not-utf8`; MachineError when it cannot be read
 */
export function readNovaConf(path: string, root: Root): string {
  const bytes = root.readBytesIfThere(path)
  if (bytes === undefined) {
    throw new InputError({
      code: 'no-nova-conf',
      message: 'there is no such file',
      place: { file: path },
      next: 'Name it with --conf; containers keep it elsewhere, such as /etc/kolla/nova-compute/nova.conf.',
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new InputError({
      code: 'nova-conf-not-utf8',
      message: 'the file is not UTF-8, which oslo.config reads it as; it is left alone',
      place: { file: path, line: lineOfFault(bytes) },
      next: 'Save it as UTF-8 (iconv -f latin1 -t utf-8), then try again.',
      cause: error,
    })
  }
}

/** The first line that is not UTF-8. */
function lineOfFault(bytes: Buffer): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(10, start)
    const end = feed < 0 ? bytes.length : feed + 1
    if (!bytes.subarray(start, end).equals(Buffer.from(bytes.subarray(start, end).toString('utf8'))))
      return line
    start = end
  }
  return line
}
