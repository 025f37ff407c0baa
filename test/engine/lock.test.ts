import { describe, expect, it } from 'vitest'
import { LOCK, withLock } from '../../src/engine/lock.ts'
import type { Root } from '../../src/host/ports.ts'
import { machineDir } from '../support/machine-dir.ts'

const NOW = new Date('2026-11-22T12:00:00Z')

/** More calls of the root directory than taking a dead one's lock needs. */
const STEPS = 40

/** `then` is done before the call number `step`. */
function comingIn(root: Root, step: number, then: () => void): Root {
  let calls = 0
  return new Proxy(root, {
    get(target, name) {
      const member = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        if (++calls === step) then()
        return member.apply(target, args)
      }
    },
  })
}

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

  it('of a dead process has one taker, at whatever step of the one another comes in', async () => {
    const dead = JSON.stringify({ pid: process.pid, startTicks: '1', command: 'apply', since: '' })
    for (let step = 1; step <= STEPS; step++) {
      const { ports, write } = machineDir()
      write(LOCK, dead)
      const takers: Promise<string>[] = []
      let inside = 0
      const work = async (): Promise<string> => {
        expect(++inside).toBe(1)
        await new Promise((resolve) => setTimeout(resolve))
        inside--
        return 'took it'
      }
      const take = (root: Root, name: string) =>
        takers.push(withLock(root, name, NOW, work).catch((error: Error) => error.message))
      take(
        comingIn(ports.root, step, () => take(ports.root, 'second')),
        'first',
      )
      const outcomes: string[] = []
      // The second may come when the first is done.
      for (const taker of takers) outcomes.push(await taker)
      expect(outcomes.filter((outcome) => outcome === 'took it').length).toBeGreaterThanOrEqual(1)
      expect(outcomes.join()).not.toContain('expected')
      expect(ports.root.exists('/run/quietcore')).toBe(false)
    }
  })

  it('goes to the next one also when a process died while it took it over', async () => {
    const { ports, write } = machineDir()
    const dead = JSON.stringify({ pid: process.pid, startTicks: '1', command: 'apply', since: '' })
    for (const path of [LOCK, `${LOCK}.takeover`, `${LOCK}.takeover.takeover`]) write(path, dead)
    expect(await withLock(ports.root, 'apply', NOW, async () => 'mine')).toBe('mine')
    expect(ports.root.exists('/run/quietcore')).toBe(false)
  })

  it('is released when the work fails', async () => {
    const { ports } = machineDir()
    const work = withLock(ports.root, 'apply', NOW, async () => Promise.reject(new Error('no')))
    await expect(work).rejects.toThrow('no')
    expect(ports.root.exists(LOCK)).toBe(false)
  })
})
