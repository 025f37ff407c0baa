import { accessSync, constants, statfsSync } from 'node:fs'
import { MachineError } from '../core/errors.ts'
import { attempt } from './io-error.ts'
import type { Root } from './ports.ts'

/**
 * Looks whether a folder's disk takes anything more, without writing to it.
 * @throws MachineError `io-erofs`, `io-eacces`, `disk-full`
 */
export function requireRoom(root: Root, folder: string): void {
  if (!root.exists(folder)) return
  const { bavail, ffree, files } = attempt('write to', folder, () => {
    accessSync(root.outside(folder), constants.W_OK)
    return statfsSync(root.outside(folder))
  })
  // A file system without a fixed number of inodes (btrfs) says 0 of 0.
  if (bavail > 0 && (ffree > 0 || files === 0)) return
  throw new MachineError({
    code: 'disk-full',
    message: `the disk of ${folder} is full`,
    place: { file: folder },
    next: 'Make room: results, the journal and changes of the tuning cannot be written.',
  })
}
