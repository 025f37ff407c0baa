import { describe, expect, it } from 'vitest'
import { LOCK, withLock } from '../../src/engine/lock.ts'
import { machineDir } from '../support/machine-dir.ts'

const NOW = new Date('2026-11-22T12:00:00Z')

describe('the lock', () => {
  it('lets one change the machine at a time and names who does', async () => {
    const { ports } = machineDir()
    await withLock(ports.root, 'apply', NOW, async () => {
      await expect(withLock(ports.root, 'off', NOW, async () => 'never')).rejects.toMatchObject({
        exitCode: 3,
        code: 'locked',
        message: `process ${process.pid} (quietcore apply, since 2026-11-22T12:00:00.000Z) is changing this machine`,
      })
    })
    expect(ports.root.exists('/run/quietcore')).toBe(false)
  })

  it('is taken over from a process that is gone, and from text that nobody can have written', async () => {
    const { ports, write } = machineDir()
    write(LOCK, JSON.stringify({ pid: process.pid, startTicks: '1', command: 'apply', since: '' }))
    expect(await withLock(ports.root, 'apply', NOW, async () => 'mine')).toBe('mine')
    write(LOCK, '{"pid":')
    expect(await withLock(ports.root, 'apply', NOW, async () => 'mine')).toBe('mine')
  })

  it('is released when the work fails', async () => {
    const { ports } = machineDir()
    const work = withLock(ports.root, 'apply', NOW, async () => Promise.reject(new Error('no')))
    await expect(work).rejects.toThrow('no')
    expect(ports.root.exists(LOCK)).toBe(false)
  })
})
