import * as fs from 'node:fs'
import type { Root } from './ports.ts'

/**
 * One model-specific register of one CPU through `/dev/cpu/N/msr` (msr(4): the register's number is the file's
 * position, 8 bytes, little endian). undefined where it cannot be read: no msr module, no privilege, no such
 * register on this processor (EIO), or a guest whose hypervisor hides it.
 */
export function readMsr(root: Root, cpu: number, register: number): bigint | undefined {
  const buffer = Buffer.alloc(8)
  try {
    const fd = fs.openSync(root.outside(`/dev/cpu/${cpu}/msr`), 'r')
    try {
      return fs.readSync(fd, buffer, 0, 8, register) === 8 ? buffer.readBigUInt64LE() : undefined
    } finally {
      fs.closeSync(fd)
    }
  } catch {
    return undefined
  }
}
