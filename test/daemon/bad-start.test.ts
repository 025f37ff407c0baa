import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serviceMachine, startDaemon } from '../support/daemon.ts'

it("beside a dead service's socket a bad quietcore.conf ends it with exit 2, file and line, and no stack", async () => {
  const machine = serviceMachine('[service]\ndrift = maybe\n')
  leaveSocket(join(machine.dir, 'run/quietcore'))
  const daemon = await startDaemon(machine)
  expect(await daemon.ended()).toBe(2)
  expect(daemon.log()).toEqual([
    'quietcore: /etc/quietcore/quietcore.conf:2: drift = maybe: wanted one of report, mend',
  ])
})

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

/** As a service leaves it that was killed. */
function leaveSocket(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const bind = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'
  spawnSync('python3', ['-c', bind, join(folder, 'control.sock')])
}
