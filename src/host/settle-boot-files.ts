import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { spawnSync } from './spawn-sync.ts'

/** In a process of its own: should quietcore be killed in between, /boot is thawed all the same. */
const FREEZE_AND_THAW = 'fsfreeze --freeze "$1" && fsfreeze --unfreeze "$1"'

/**
 * Brings a file system's files to their place on the disk, so that a boot loader finds them there: GRUB reads ext4 and
 * XFS without replaying their journals, and fsync(2) of a folder reaches the journal only.
 * syncfs(2) (`sync -f`) writes ext4's buffers to their place. XFS does that only when it is frozen, which is done where
 * /boot is a file system of its own: nothing else writes there. Twice, because a block that belongs to a newer
 * transaction of ext4 is left out the first time.
 */
export function settleBootFiles(folder: string): void {
  for (let times = 0; times < 2; times++) spawnSync('sync', ['-f', folder])
  const mount = mountPoint(folder)
  if (mount === '/') return
  spawnSync('sh', ['-c', FREEZE_AND_THAW, 'sh', mount])
}

/** Where the file system of a folder begins. */
function mountPoint(folder: string): string {
  const device = fs.statSync(folder).dev
  const parent = dirname(folder)
  return parent === folder || fs.statSync(parent).dev !== device ? folder : mountPoint(parent)
}
