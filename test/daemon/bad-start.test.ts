import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serviceMachine, startDaemon } from '../support/daemon.ts'

it('with runs that cannot be listed it tunes and serves, and says so', async () => {
  const machine = serviceMachine()
  mkdirSync(join(machine.dir, 'var/lib/quietcore'), { recursive: true })
  symlinkSync('runs', join(machine.dir, 'var/lib/quietcore/runs'))
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  expect(daemon.status()).toBe(
    'quiet; verified, 2 settings as wanted; PROBLEM: /var/lib/quietcore/runs: /var/lib/quietcore/runs is a loop of symbolic links',
  )
})
