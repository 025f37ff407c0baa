import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { processStartTicks } from '../../src/host/process-start.ts'
import { aWhile, type ServiceMachine, serviceMachine, startDaemon, until } from '../support/daemon.ts'
import { quietcore } from '../support/quietcore.ts'

const BOOT_ID = '/proc/sys/kernel/random/boot_id'
const LOCK = '/run/quietcore/lock'
const QUIET = '/etc/quietcore/profiles/quiet/profile.conf'
const RUNS = '/var/lib/quietcore/runs'
const SWAPPINESS = '/proc/sys/vm/swappiness'

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

it('a refused quietcore.conf lets no run go, because how many it keeps is not known; a mended one does', async () => {
  const machine = serviceMachine('[service]\nprofile = quiet\ndrift = maybe\n[history]\nkeep-runs = 500\n')
  quietcore('apply', 'quiet', '--root', machine.dir)
  const runs = Array.from({ length: 31 }, (_, n) => `202001${String(n + 1).padStart(2, '0')}T000000Z-night`)
  for (const run of runs) machine.write(`${RUNS}/${run}/run.json`, '{')
  const kept = () => readdirSync(join(machine.dir, RUNS)).sort()
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  expect(daemon.status()).toContain('quietcore.conf:3: drift = maybe: wanted one of report, mend')
  // What another process measured meanwhile makes it look again.
  machine.write(`${RUNS}/20200201T000000Z-night/run.json`, '{')
  await aWhile()
  expect(kept()).toEqual([...runs, '20200201T000000Z-night'])
  machine.write('/etc/quietcore/quietcore.conf', '[service]\nprofile = quiet\n[history]\nkeep-runs = 1\n')
  await until(() => kept().length === 1, 'the others have gone', daemon.status)
  expect(kept()).toEqual(['20200201T000000Z-night'])
})

describe('after a reboot, with a file of the profile that was in force bad', () => {
  const BAD = `${QUIET}:2: '???' has no '='`

  function rebooted(): ServiceMachine {
    const machine = serviceMachine()
    quietcore('apply', 'quiet', '--root', machine.dir)
    machine.write(BOOT_ID, '5f6d7d4e-0000-4000-8000-000000000002\n')
    machine.write(SWAPPINESS, '60\n')
    machine.write(QUIET, '[sysctl]\n???\n')
    return machine
  }

  it('it applies what the journal holds and says what is bad, until that is mended', async () => {
    const machine = rebooted()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe(`quiet; verified, 2 settings as wanted; PROBLEM: ${BAD}`)
    expect(machine.read(SWAPPINESS)).toBe('10\n')
    expect(daemon.log()).toContain(`quietcore: warn: ${BAD}; quiet stays as it was applied`)
    machine.write(QUIET, '[sysctl]\nvm.swappiness=11\n')
    await until(
      () => daemon.status() === 'quiet; verified, 1 settings as wanted',
      'the mended one is applied',
      daemon.status,
    )
    expect(machine.read(SWAPPINESS)).toBe('11\n')
  })

  it('it waits for another quietcore that has the machine, and applies it then', async () => {
    const machine = rebooted()
    const holder = {
      pid: process.pid,
      startTicks: processStartTicks(process.pid),
      command: 'validate',
      since: 'today',
    }
    machine.write(LOCK, JSON.stringify(holder))
    const daemon = await startDaemon(machine)
    await until(() => daemon.status().includes('is changing this machine'), 'it waits', daemon.status)
    expect(machine.read(SWAPPINESS)).toBe('60\n')
    rmSync(join(machine.dir, LOCK))
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe(`quiet; verified, 2 settings as wanted; PROBLEM: ${BAD}`)
    expect(machine.read(SWAPPINESS)).toBe('10\n')
  })

  it('and a journal that is gone, it ends with exit 2, file and line', async () => {
    const machine = rebooted()
    rmSync(join(machine.dir, 'var/lib/quietcore/journal'))
    const daemon = await startDaemon(machine)
    expect(await daemon.ended()).toBe(2)
    expect(daemon.log()[0]).toBe(`quietcore: ${BAD}`)
  })
})

/** As a service leaves it that was killed. */
function leaveSocket(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const bind = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'
  spawnSync('python3', ['-c', bind, join(folder, 'control.sock')])
}
