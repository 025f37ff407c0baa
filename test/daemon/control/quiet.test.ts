import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { request } from './client.ts'
import { host } from './control-machine.ts'

/** epoll_pwait(2) of x86_64 (arch/x86/entry/syscalls/syscall_64.tbl) */
const EPOLL_PWAIT = '281'
const A_DAY_MS = 86_400_000

/** How long the main thread would sleep if nobody came, ms: the time to its next timer; 0 while it works. */
function sleepsMs(pid: number): number {
  const [call, ...args] = readFileSync(`/proc/${pid}/syscall`, 'utf8').trim().split(' ')
  if (call !== EPOLL_PWAIT) return 0
  const timeoutMs = Number(BigInt.asIntN(32, BigInt(args[3]!)))
  return timeoutMs === -1 ? Number.POSITIVE_INFINITY : timeoutMs
}

// A busy machine makes a process wait for memory and locks, too, so its timers are looked at and not its wake-ups.
it('the service has no timer within a day after its clients have gone', async () => {
  const dir = host()
  const socket = join(dir, 'run/quietcore/control.sock')
  const child = spawn(process.execPath, ['dist/quietcore.js', 'daemon', '--root', dir], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ask = () =>
    request(socket, 'GET', '/v1/status').then(
      ({ text }) => JSON.parse(text).phase,
      () => 'none',
    )
  await expect.poll(ask, { timeout: 60_000 }).toBe('serving')
  for (let count = 0; count < 100; count++) await ask()
  // V8 tidies its memory up, by timers of its own, for up to a minute after work.
  await expect.poll(() => sleepsMs(child.pid!), { timeout: 120_000, interval: 500 }).toBeGreaterThan(A_DAY_MS)
})
