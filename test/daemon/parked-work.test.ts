import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ParkedWork } from '../../src/daemon/parked-work.ts'
import { openPorts } from '../../src/engine/open-ports.ts'
import { serviceMachine, until } from '../support/daemon.ts'

function parked() {
  const { dir, write } = serviceMachine()
  write('/run/quietcore/lock', '{}')
  const done: string[] = []
  const work = new ParkedWork(openPorts(dir).root)
  return { work, done, unlock: () => rmSync(join(dir, 'run/quietcore/lock')) }
}

it('work that waits for the lock is done when its file goes; work that waits for a tick is not', async () => {
  const { work, done, unlock } = parked()
  work.park('apply', () => done.push('apply'))
  work.untilTick('mend', () => done.push('mend'))
  unlock()
  await until(() => done.length > 0, 'the lock is gone')
  expect(done).toEqual(['apply'])
  work.tick()
  work.tick()
  expect(done).toEqual(['apply', 'mend'])
})

it('of equal work the last counts, and what was dropped is not done', () => {
  const { work, done } = parked()
  work.park('apply', () => done.push('first'))
  work.untilTick('apply', () => done.push('second'))
  work.park('mend', () => done.push('mend'))
  expect([work.drop('mend'), work.drop('mend')]).toEqual([true, false])
  work.tick()
  work.close()
  expect(done).toEqual(['second'])
})
