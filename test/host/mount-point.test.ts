import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openRoot } from '../../src/host/root.ts'

const dir = mkdtempSync(join(tmpdir(), 'quietcore-mount-'))
mkdirSync(join(dir, 'run/mounted'), { recursive: true })
mkdirSync(join(dir, 'run/plain'))
const mounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(dir, 'run/mounted')]).status === 0
if (!mounted) console.log('mount points: skipped, this user may not mount')

afterAll(() => {
  if (mounted) spawnSync('umount', [join(dir, 'run/mounted')])
  rmSync(dir, { recursive: true })
})

describe('removing a folder when it is empty', () => {
  it('removes a plain one', () => {
    openRoot(dir).removeFolderIfEmpty('/run/plain')
    expect(existsSync(join(dir, 'run/plain'))).toBe(false)
  })

  it.skipIf(!mounted)('leaves a mount point, as a writable folder of a sandboxed unit is one', () => {
    openRoot(dir).removeFolderIfEmpty('/run/mounted')
    expect(existsSync(join(dir, 'run/mounted'))).toBe(true)
  })
})
