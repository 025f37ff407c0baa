import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processStartTicks } from '../../src/host/process-start.ts'
import {
  aWhile,
  mayMount,
  type ServiceMachine,
  serviceMachine,
  startDaemon,
  until,
} from '../support/daemon.ts'
import { quietcore } from '../support/quietcore.ts'

const CONF = '/etc/quietcore/quietcore.conf'
const JOURNAL = '/var/lib/quietcore/journal'
const LOCK = '/run/quietcore/lock'
const VERIFIED = '/var/lib/quietcore/verified.json'
const SWAPPINESS = '/proc/sys/vm/swappiness'

describe('the journal', () => {
  it('damaged while the service runs: it says so and stays; repaired, it goes on', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    const journal = machine.read(JOURNAL)
    machine.write(JOURNAL, `garbage\n${journal}`)
    daemon.signal('SIGHUP')
    await daemon.readyTimes(2)
    expect(daemon.status()).toMatch(
      /^quiet; .*PROBLEM: \/var\/lib\/quietcore\/journal:1: the journal is damaged in the middle/,
    )
    expect(machine.read(SWAPPINESS)).toBe('10\n')
    machine.write(JOURNAL, journal)
    daemon.signal('SIGHUP')
    await daemon.readyTimes(3)
    expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
  })

  it('damaged: a verify is an error, and how the tuning stands is not known', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    const journal = machine.read(JOURNAL)
    machine.write(JOURNAL, `garbage\n${journal}`)
    const { code, stderr } = quietcore('verify', '--service', '--root', machine.dir)
    expect([code, stderr]).toEqual([3, expect.stringContaining('the journal is damaged')])
    await until(
      () => daemon.status().startsWith('quiet; not verified; PROBLEM: '),
      'it is said',
      daemon.status,
    )
    expect(daemon.log().filter((line) => line.includes('error: /var/lib/quietcore/journal:1'))).not.toEqual(
      [],
    )
    expect(machine.read('/run/quietcore/metrics.prom')).toContain(
      'quietcore_verify_state{state="unknown"} 1\n',
    )
    machine.write(JOURNAL, journal)
    expect(quietcore('verify', '--service', '--root', machine.dir).code).toBe(0)
    await until(
      () => daemon.status() === 'quiet; verified, 2 settings as wanted',
      'it is known',
      daemon.status,
    )
  })

  it.each([
    ['damaged', (whole: string) => `garbage\n${whole}`],
    ['empty', () => ''],
    ['cut within its first line', (whole: string) => whole.slice(0, 40)],
  ])(
    '%s before the start of a tuned machine: it serves, and touches neither the tuning nor the journal',
    async (_, damage) => {
      const machine = serviceMachine()
      quietcore('apply', 'quiet', '--root', machine.dir)
      const damaged = damage(machine.read(JOURNAL))
      machine.write(JOURNAL, damaged)
      const daemon = await startDaemon(machine)
      await daemon.readyTimes(1)
      expect(daemon.status()).toMatch(
        /^quiet; verified, 2 settings as wanted; PROBLEM: .*journal:1: the journal is damaged/,
      )
      expect([machine.read(JOURNAL), machine.read(SWAPPINESS)]).toEqual([damaged, '10\n'])
    },
  )

  it('damaged before the start of an untuned machine: never READY, exit 3', async () => {
    const machine = serviceMachine()
    machine.write(JOURNAL, 'garbage\ngarbage\n')
    const daemon = await startDaemon(machine)
    expect(await daemon.ended()).toBe(3)
    expect(daemon.log()).toContain(
      `quietcore: ${JOURNAL}:1: the journal is damaged in the middle: its checksum does not fit the line`,
    )
    expect(daemon.told().filter((line) => line.startsWith('READY'))).toEqual([])
  })
})

describe.skipIf(!mayMount)('disks (needs to mount)', () => {
  it('full: another profile is refused, the old one stays; with room again it is applied', async () => {
    const machine = serviceMachine()
    mount(machine, '/var/lib/quietcore', ['-t', 'tmpfs', '-o', 'size=64k', 'quietcore-test'])
    const daemon = await startDaemon(machine, { env: { WATCHDOG_USEC: '1000000' } })
    await daemon.readyTimes(1)
    fill(join(machine.dir, 'var/lib/quietcore/big'))
    await until(
      () => daemon.status().includes('the disk of /var/lib/quietcore is full'),
      'the full disk is said',
    )
    machine.write(CONF, '[service]\nprofile = calm\n')
    await daemon.readyTimes(2)
    expect(daemon.status()).toMatch(/^quiet; .*PROBLEM: .*ENOSPC|^quiet; .*more problems/)
    expect(machine.read(SWAPPINESS)).toBe('10\n')
    rmSync(join(machine.dir, 'var/lib/quietcore/big'))
    daemon.signal('SIGHUP')
    await daemon.readyTimes(3)
    await until(
      () => daemon.status() === 'calm; verified, 1 settings as wanted',
      'calm is in force',
      daemon.status,
    )
  })

  it('/etc read-only: what needs it is refused whole, the service stays', async () => {
    const machine = serviceMachine()
    machine.write(
      '/etc/quietcore/profiles/boots/profile.conf',
      '[sysctl]\nvm.swappiness=5\n[bootloader]\ncmdline=skew_tick=1\n',
    )
    mount(machine, '/etc', ['--bind', join(machine.dir, 'etc')])
    spawnSync('mount', ['-o', 'remount,bind,ro', join(machine.dir, 'etc')])
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    const { code, stderr } = quietcore('apply', 'boots', '--root', machine.dir)
    expect([code, stderr]).toEqual([3, expect.stringContaining('EROFS: read-only file system')])
    expect(machine.read(SWAPPINESS)).toBe('10\n')
    expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
    expect(await daemon.stop()).toBe(0)
  })
})

describe('another quietcore', () => {
  it('that died with the lock is no obstacle', async () => {
    const machine = serviceMachine()
    machine.write(LOCK, JSON.stringify({ pid: 2 ** 22 + 1, startTicks: '1', command: 'apply', since: '' }))
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(existsSync(join(machine.dir, LOCK))).toBe(false)
  })

  it('that measures keeps an untuned machine from being READY until it lets go', async () => {
    const machine = serviceMachine()
    holdLock(machine)
    const daemon = await startDaemon(machine)
    await until(
      () => daemon.status().includes('is changing this machine'),
      'it is said who has the lock',
      daemon.status,
    )
    await aWhile()
    expect(daemon.told().filter((line) => line.startsWith('READY'))).toEqual([])
    rmSync(join(machine.dir, LOCK))
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
  })

  it('that is killed while the service waits at its start is waited for no longer', async () => {
    const machine = serviceMachine()
    const holder = spawn('sleep', ['600'])
    onTestFinished(() => void holder.kill('SIGKILL'))
    holdLock(machine, holder.pid)
    const daemon = await startDaemon(machine)
    await until(() => daemon.status().includes(`process ${holder.pid} `), 'it waits', daemon.status)
    const extended = () => daemon.told().filter((line) => line.startsWith('EXTEND_TIMEOUT_USEC='))
    await until(() => extended().length > 0, 'more time is asked for')
    expect(quietcore('status', '--root', machine.dir).stdout).toContain('\nService:  starting (')
    holder.kill('SIGKILL')
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
    expect(extended()).toEqual(['EXTEND_TIMEOUT_USEC=180000000', 'EXTEND_TIMEOUT_USEC=900000000'])
  })

  it('that measures on a tuned machine is waited for while the service serves', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    holdLock(machine)
    machine.write(CONF, '[service]\nprofile = calm\n')
    await daemon.readyTimes(2)
    expect(daemon.status()).toBe(
      `quiet; verified, 2 settings as wanted; PROBLEM: ${LOCK}: process ${process.pid} (quietcore validate, since today) is changing this machine`,
    )
    rmSync(join(machine.dir, LOCK))
    await until(
      () => daemon.status() === 'calm; verified, 1 settings as wanted',
      'calm is applied',
      daemon.status,
    )
  })

  it('that measures when the service starts on a tuned machine is waited for while the service serves', async () => {
    const machine = serviceMachine('[service]\nprofile = calm\n')
    quietcore('apply', 'quiet', '--root', machine.dir)
    machine.write('/proc/sys/vm/stat_interval', '1\n')
    holdLock(machine)
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe(
      `quiet; DIFFERS: /proc/sys/vm/stat_interval is 1 instead of 10; PROBLEM: ${LOCK}: process ${process.pid} (quietcore validate, since today) is changing this machine`,
    )
    rmSync(join(machine.dir, LOCK))
    await until(
      () => daemon.status() === 'calm; verified, 1 settings as wanted',
      'calm is applied',
      daemon.status,
    )
  })

  it('started while the service waits for the lock, SIGTERM ends it with 0', async () => {
    const machine = serviceMachine()
    holdLock(machine)
    const daemon = await startDaemon(machine)
    await until(() => daemon.status().includes('is changing this machine'), 'it waits')
    expect(await daemon.stop()).toBe(0)
  })
})

it('the process that applies is killed: that is said, the old tuning stays, and at the next tick it is applied', async () => {
  const machine = serviceMachine()
  const daemon = await startDaemon(machine, { env: { WATCHDOG_USEC: '6000000' } })
  await daemon.readyTimes(1)
  machine.write(CONF, '[service]\nprofile = calm\n')
  await until(() => daemon.status().endsWith('; applying') && killChildren(daemon.pid) > 0, 'it is killed')
  await until(
    () => daemon.status() === 'calm; verified, 1 settings as wanted',
    'calm is in force',
    daemon.status,
  )
  expect(machine.read(SWAPPINESS)).toBe('20\n')
  expect(daemon.told().join('\n')).toMatch(
    /STATUS=quiet; .*PROBLEM: the process that was to do 'apply' ended with SIGKILL and no answer/,
  )
})

it('a verify whose result cannot be kept is answered and logged all the same', async () => {
  const machine = serviceMachine()
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  // As a full or read-only disk: the file beside it cannot be written.
  mkdirSync(join(machine.dir, `${VERIFIED}.quietcore-new`))
  const kept = machine.read(VERIFIED)
  machine.write(SWAPPINESS, '77\n')
  const { code } = quietcore('verify', '--service', '--root', machine.dir)
  expect(code).toBe(1)
  const differs = 'quiet; DIFFERS: /proc/sys/vm/swappiness is 77 instead of 10'
  await until(() => daemon.status() === differs, 'STATUS says it', daemon.status)
  expect(daemon.log().slice(-2)).toEqual([
    'quietcore: warn: /proc/sys/vm/swappiness is not as it was left want="10" have="77"',
    `quietcore: error: the result of this verify is not kept: could not write ${VERIFIED}: EISDIR: illegal operation on a directory`,
  ])
  expect(machine.read(VERIFIED)).toBe(kept)
})

it('half-written runs are left out', async () => {
  const machine = serviceMachine()
  for (const name of ['.partial-20261101T000000Z-night', '20261102T000000Z-night']) {
    mkdirSync(join(machine.dir, 'var/lib/quietcore/runs', name), { recursive: true })
  }
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
})

it('the watchdog hears of it twice in its time', async () => {
  const daemon = await startDaemon(serviceMachine(), { env: { WATCHDOG_USEC: '1000000' } })
  await daemon.readyTimes(1)
  const alive = () => daemon.told().filter((line) => line === 'WATCHDOG=1').length
  await until(() => alive() >= 3, 'three signs of life')
  daemon.signal('SIGSTOP')
  await aWhile()
  const before = alive()
  await aWhile()
  expect(alive()).toBe(before)
})

/** Kills the processes that work for a service; answers how many. */
function killChildren(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  const working = children.filter((child) => commandLine(child).endsWith('\0--work\0'))
  for (const child of working) process.kill(Number(child), 'SIGKILL')
  return working.length
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}

function holdLock(machine: ServiceMachine, pid: number = process.pid): void {
  const holder = {
    pid,
    startTicks: processStartTicks(pid),
    command: 'validate',
    since: 'today',
  }
  machine.write(LOCK, JSON.stringify(holder))
}

function mount({ dir }: ServiceMachine, path: string, args: readonly string[]): void {
  const point = join(dir, path)
  mkdirSync(point, { recursive: true })
  const { status, stderr } = spawnSync('mount', [...args, point], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  onTestFinished(() => void spawnSync('umount', ['-l', point]))
}

function fill(path: string): void {
  try {
    for (;;) writeFileSync(path, Buffer.alloc(4096), { flag: 'a' })
  } catch {
    // ENOSPC is what is wanted.
  }
}
