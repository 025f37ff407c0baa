import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProfileReading } from '../../src/daemon/profile-read.ts'
import { Told } from '../../src/daemon/told.ts'
import { openPorts } from '../../src/engine/open-ports.ts'
import { openLibrary } from '../../src/engine/profile-library.ts'
import { aWhile, type RunningDaemon, serviceMachine, startDaemon, until } from '../support/daemon.ts'
import { quietcore } from '../support/quietcore.ts'

const CONF = '/etc/quietcore/quietcore.conf'
const QUIET = '/etc/quietcore/profiles/quiet/profile.conf'
const NIGHT = '/etc/quietcore/suites.d/night.conf'
const SWAPPINESS = '/proc/sys/vm/swappiness'
const VERIFIED = '/var/lib/quietcore/verified.json'

/** The lines about the reload itself, without the status that stands between. */
const RELOAD = /^(RELOADING|READY)=1/
const STOPPING = 'STOPPING=1 | STATUS=stopping; the tuning stays'
const isApplying = (line: string) => line.includes('; applying')

describe('starting', () => {
  it('applies and verifies the profile of quietcore.conf, and only then is ready', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(daemon.told()).toEqual([
      ...daemon.told().filter((line) => line.startsWith('STATUS=')),
      'READY=1 | STATUS=quiet; verified, 2 settings as wanted',
    ])
    expect(machine.read(SWAPPINESS)).toBe('10\n')
    expect(JSON.parse(machine.read(VERIFIED))).toEqual({
      profile: 'quiet',
      at: expect.stringMatching(/^\d{4}-/),
      bootId: '5f6d7d4e-0000-4000-8000-000000000001',
      state: 'ok',
      counts: { ok: 2, differs: 0, 'pending-reboot': 0, unsupported: 0, unreadable: 0 },
      drifted: [],
    })
    await until(() => daemon.log().length >= 4, 'four lines are logged')
    expect(daemon.log()).toEqual([
      'quietcore: /proc/sys/vm/swappiness is set from="60" to="10"',
      'quietcore: /proc/sys/vm/stat_interval is set from="1" to="10"',
      'quietcore: quiet: applied, 2 settings changed',
      'quietcore: quietcore 0.1.0 serves',
    ])
  })

  it('without a profile in quietcore.conf keeps what was applied last', async () => {
    const machine = serviceMachine('')
    quietcore('apply', 'calm', '--root', machine.dir)
    machine.write(SWAPPINESS, '60\n')
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe('calm; verified, 1 settings as wanted')
    expect(machine.read(SWAPPINESS)).toBe('20\n')
  })

  it('without any profile serves, and says that none is applied', async () => {
    const daemon = await startDaemon(serviceMachine(''))
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe('no profile is applied')
  })

  it('says a pending reboot, and after that reboot verifies by itself and keeps the result', async () => {
    const machine = serviceMachine('[service]\nprofile = waits\n')
    machine.write('/etc/quietcore/profiles/waits/profile.conf', '[bootloader]\ncmdline=skew_tick=1\n')
    const first = await startDaemon(machine)
    await first.readyTimes(1)
    expect(first.status()).toBe('waits; reboot pending for 1 settings')
    expect(await first.stop()).toBe(0)
    machine.write('/proc/cmdline', `${machine.read('/proc/cmdline').trim()} skew_tick=1\n`)
    machine.write('/proc/sys/kernel/random/boot_id', '5f6d7d4e-0000-4000-8000-000000000002\n')
    const second = await startDaemon(machine)
    await second.readyTimes(1)
    expect(second.status()).toBe('waits; verified, 2 settings as wanted')
    expect(JSON.parse(machine.read(VERIFIED))).toMatchObject({
      bootId: '5f6d7d4e-0000-4000-8000-000000000002',
      state: 'ok',
    })
  })

  it('with a bad quietcore.conf on an untuned machine ends with exit 2, file and line', async () => {
    const daemon = await startDaemon(serviceMachine('[service]\ndrift = maybe\n'))
    expect(await daemon.ended()).toBe(2)
    expect(daemon.log()).toEqual([
      'quietcore: /etc/quietcore/quietcore.conf:2: drift = maybe: wanted one of report, mend',
    ])
    expect(daemon.told().filter((line) => line.startsWith('READY'))).toEqual([])
  })

  it('with a bad profile on a tuned machine keeps what is in force and says so', async () => {
    const machine = serviceMachine('[service]\nprofile = broken\n')
    quietcore('apply', 'quiet', '--root', machine.dir)
    machine.write('/etc/quietcore/profiles/broken/profile.conf', '[sysctl]\n???\n')
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(daemon.status()).toMatch(
      /^quiet; verified, 2 settings as wanted; PROBLEM: \/etc\/quietcore\/profiles\/broken\/profile\.conf:2: /,
    )
    expect(machine.read(SWAPPINESS)).toBe('10\n')
  })

  it('undoes first what a crash left half-way', async () => {
    const machine = serviceMachine('')
    quietcore('apply', 'calm', '--root', machine.dir)
    const journal = machine.read('/var/lib/quietcore/journal')
    quietcore('off', '--root', machine.dir)
    machine.write('/var/lib/quietcore/journal', journal)
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(daemon.status()).toBe('calm; verified, 1 settings as wanted')
  })
})

describe('stopping', () => {
  it('on SIGTERM ends with 0 and leaves the tuning; the next start changes nothing', async () => {
    const machine = serviceMachine()
    const first = await startDaemon(machine)
    await first.readyTimes(1)
    expect(await first.stop()).toBe(0)
    await untilStopping(first)
    expect(machine.read(SWAPPINESS)).toBe('10\n')
    const journal = machine.read('/var/lib/quietcore/journal')
    const second = await startDaemon(machine)
    await second.readyTimes(1)
    expect(second.log()[0]).toBe('quietcore: quiet: was as wanted already')
    expect(machine.read('/var/lib/quietcore/journal')).toBe(journal)
  })

  it('during a reload begins no further step, and says nothing after STOPPING', async () => {
    const machine = serviceMachine()
    const held = join(machine.dir, 'held')
    machine.write(
      '/hold.cjs',
      `const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
      if (process.argv.includes('--work')) while (require('node:fs').existsSync('${held}')) wait()\n`,
    )
    const daemon = await startDaemon(machine, {
      env: { NODE_OPTIONS: `--require=${machine.dir}/hold.cjs` },
    })
    await daemon.readyTimes(1)
    // The reload's first step lasts until the service has heard that it is to stop.
    writeFileSync(held, '')
    machine.write(CONF, '[service]\nprofile = calm\n')
    daemon.signal('SIGHUP')
    await until(() => daemon.told().some((line) => line.startsWith('RELOADING=1')), 'it reloads')
    const ended = daemon.stop()
    await untilStopping(daemon)
    rmSync(held)
    expect(await ended).toBe(0)
    await aWhile()
    expect(daemon.told().at(-1)).toBe(STOPPING)
    expect(machine.read(SWAPPINESS)).toBe('10\n')
  })

  it('killed at any time, is started again on the same machine', async () => {
    const machine = serviceMachine()
    const first = await startDaemon(machine)
    await first.readyTimes(1)
    first.signal('SIGKILL')
    await first.ended()
    const second = await startDaemon(machine)
    await second.readyTimes(1)
    expect(second.status()).toBe('quiet; verified, 2 settings as wanted')
  })

  it('a second service refuses, and names the first', async () => {
    const machine = serviceMachine()
    const first = await startDaemon(machine)
    await first.readyTimes(1)
    const second = await startDaemon(machine)
    expect(await second.ended()).toBe(3)
    expect(second.log()).toEqual([
      `quietcore: /run/quietcore/daemon: quietcore's service runs already as process ${first.pid}, and there can be only one`,
      '  See `systemctl status quietcore`; `systemctl restart quietcore` starts it anew.',
    ])
    expect(quietcore('status', '--root', machine.dir).code).toBe(0)
  })
})

describe('files that change', () => {
  it('a changed profile is applied, between RELOADING and READY', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    machine.write(QUIET, '[sysctl]\nvm.swappiness=11\nvm.stat_interval=10\n')
    await daemon.readyTimes(2)
    expect(machine.read(SWAPPINESS)).toBe('11\n')
    const reload = daemon
      .told()
      .filter((line) => RELOAD.test(line))
      .slice(1)
    expect(reload).toEqual([
      expect.stringMatching(/^RELOADING=1 \| MONOTONIC_USEC=\d+$/),
      'READY=1 | STATUS=quiet; verified, 2 settings as wanted',
    ])
    const [, monotonicUs] = /MONOTONIC_USEC=(\d+)/.exec(reload[0]!)!
    expect(Math.abs(Number(monotonicUs) - Number(process.hrtime.bigint() / 1000n))).toBeLessThan(60e6)
  })

  it('a bad one is refused with file and line in the log and in STATUS; the old tuning stays', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    machine.write(CONF, '[service]\nprofile = quiet\nverify = hourly\nkeep = 3\n')
    await daemon.readyTimes(2)
    const bad = `${CONF}:4: 'keep' is no option of [service]`
    expect(daemon.status()).toBe(`quiet; verified, 2 settings as wanted; PROBLEM: ${bad}`)
    expect(daemon.log().at(-1)).toBe(`quietcore: warn: ${bad}; the configuration that was in force stays`)
    machine.write(CONF, '[service]\nprofile = quiet\n')
    await daemon.readyTimes(3)
    expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
  })

  it('another profile in quietcore.conf takes over, and gives back what it does not want', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    machine.write(CONF, '[service]\nprofile = calm\n')
    await daemon.readyTimes(2)
    expect(daemon.status()).toBe('calm; verified, 1 settings as wanted')
    expect([machine.read(SWAPPINESS), machine.read('/proc/sys/vm/stat_interval')]).toEqual(['20\n', '1\n'])
  })

  it('a burst of writes is one reload, and writing the same again is none', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    // It looks once more for what was written while it started.
    await aWhile()
    for (let value = 12; value <= 30; value++) machine.write(QUIET, `[sysctl]\nvm.swappiness=${value}\n`)
    await daemon.readyTimes(2)
    machine.write(QUIET, '[sysctl]\nvm.swappiness=30\n')
    await aWhile()
    expect(daemon.told().filter((line) => line.startsWith('READY=1'))).toHaveLength(2)
    expect(machine.read(SWAPPINESS)).toBe('30\n')
  })

  it.each<[string, (dir: string) => void, (dir: string) => void]>([
    [
      'a file that was replaced by a rename, twice',
      (dir) => replaceWith(dir, 'vm.swappiness=31'),
      (dir) => replaceWith(dir, 'vm.swappiness=32'),
    ],
    [
      'a link in the place of the file, and then what it leads to',
      (dir) => {
        mkdirSync(join(dir, 'srv/shared'), { recursive: true })
        writeProfile(dir, '/srv/shared/quiet.conf', 'vm.swappiness=31')
        rmSync(join(dir, QUIET))
        symlinkSync('/srv/shared/quiet.conf', join(dir, QUIET))
      },
      (dir) => writeProfile(dir, '/srv/shared/quiet.conf', 'vm.swappiness=32'),
    ],
    [
      'a link in the place of the folder of profiles, and then another one',
      (dir) => {
        for (const swappiness of [31, 32])
          writeProfile(dir, `/srv/cfg/${swappiness}/quiet/profile.conf`, `vm.swappiness=${swappiness}`)
        rmSync(join(dir, '/etc/quietcore/profiles'), { recursive: true })
        symlinkSync('/srv/cfg/31', join(dir, '/etc/quietcore/profiles'))
      },
      (dir) => {
        symlinkSync('/srv/cfg/32', join(dir, '/etc/quietcore/new'))
        renameSync(join(dir, '/etc/quietcore/new'), join(dir, '/etc/quietcore/profiles'))
      },
    ],
    [
      'a folder that was removed and made again, twice',
      (dir) => remake(dir, 'vm.swappiness=31'),
      (dir) => remake(dir, 'vm.swappiness=32'),
    ],
    [
      'the whole of /etc/quietcore removed and made again, twice',
      (dir) => remakeAll(dir, 'vm.swappiness=31'),
      (dir) => remakeAll(dir, 'vm.swappiness=32'),
    ],
  ])('%s is seen', async (_, first, second) => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    first(machine.dir)
    await until(
      () => machine.read(SWAPPINESS) === '31\n',
      'the first change is applied',
      () => daemon.log().join('\n'),
    )
    await aWhile()
    second(machine.dir)
    await until(
      () => machine.read(SWAPPINESS) === '32\n',
      'the second change is applied',
      () => daemon.log().join('\n'),
    )
  })

  it.each([
    [CONF, '[service]\nprofile = calm\n', 'calm; verified, 1 settings as wanted'],
    [QUIET, '[sysctl]\nvm.swappiness=31\n', 'quiet; verified, 1 settings as wanted'],
    [NIGHT, '[step a]\ntool = cyclictest\nduration = 2s\n', 'quiet; verified, 2 settings as wanted'],
  ])(
    '%s as a link to itself is a problem and not the end; a file again, it is read',
    async (path, text, last) => {
      const machine = serviceMachine()
      machine.write(NIGHT, '[step a]\ntool = cyclictest\nduration = 1s\n')
      const daemon = await startDaemon(machine)
      await daemon.readyTimes(1)
      await aWhile()
      rmSync(join(machine.dir, path))
      symlinkSync(basename(path), join(machine.dir, path))
      const log = () => daemon.log().join('\n')
      await until(() => daemon.status().includes(`${path} is a loop of symbolic links`), 'it is said', log)
      expect(machine.read(SWAPPINESS)).toBe('10\n')
      await aWhile()
      rmSync(join(machine.dir, path))
      machine.write(path, text)
      await until(() => daemon.status() === last, 'it is read', log)
    },
  )

  it.each(['in a folder that is empty', 'in a folder that is not there yet'])(
    'a new suite %s is seen',
    async (where) => {
      const machine = serviceMachine()
      const folder = join(machine.dir, 'etc/quietcore/suites.d')
      rmSync(folder, { recursive: true, force: true })
      if (where === 'in a folder that is empty') mkdirSync(folder)
      const daemon = await startDaemon(machine)
      await daemon.readyTimes(1)
      await aWhile()
      machine.write('/etc/quietcore/suites.d/nightly.conf', '[suite]\nno-such-option = 1\n')
      await until(
        () => daemon.status().includes('/etc/quietcore/suites.d/nightly.conf:2'),
        'the bad suite is named',
        () => daemon.told().join('\n'),
      )
      machine.write('/etc/quietcore/suites.d/nightly.conf', '[step a]\ntool = cyclictest\nduration = 1s\n')
      await until(() => !daemon.status().includes('PROBLEM'), 'the mended one is read', daemon.status)
    },
  )

  it('what is written while they are read, is found afterwards', async () => {
    const { dir, write } = serviceMachine()
    const ports = openPorts(dir)
    const told = new Told(ports.root)
    told.remember()
    expect(told.hasChanged()).toBe(false)
    write(QUIET, '[sysctl]\nvm.swappiness=12\n')
    expect(told.hasChanged()).toBe(true)
    told.remember()
    expect(told.hasChanged()).toBe(false)
    const elsewhere = '/etc/tuned/profiles/foo/tuned.conf'
    write(elsewhere, '[sysctl]\nvm.swappiness=12\n')
    const reading = new ProfileReading(ports.root)
    openLibrary(ports.root, undefined, reading.look).find('foo', new Set())
    told.applied(reading.read, false)
    expect(told.hasChanged(), 'the files of a profile that was applied meanwhile').toBe(false)
    write(elsewhere, '[sysctl]\nvm.swappiness=13\n')
    told.applied(reading.read, false)
    expect(told.hasChanged(), 'what was written before its reader had ended').toBe(true)
    told.remember()
    write('/etc/tuned/profiles/foo/script.sh', 'exit 0\n')
    expect(told.hasChanged(), 'a script beside it').toBe(true)
    told.off()
    expect(told.hasChanged(), 'the files of a profile that is off').toBe(false)
  })

  it.each([
    ["in TuneD's folder", '/etc/tuned/profiles/foo/tuned.conf'],
    ['in the folder of the package', '/usr/lib/quietcore/profiles/foo/profile.conf'],
  ])('a profile %s is seen at its first change, and so are its variables', async (_, file) => {
    const machine = serviceMachine('[service]\nprofile = foo\n')
    const variables = '/etc/tuned/foo-variables.conf'
    machine.write(variables, 'how=31\n')
    machine.write(file, `[variables]\ninclude=${variables}\n[sysctl]\nvm.swappiness=\${how}\n`)
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(machine.read(SWAPPINESS)).toBe('31\n')
    await aWhile()
    machine.write(variables, 'how=32\n')
    await until(() => machine.read(SWAPPINESS) === '32\n', 'the variables are read', daemon.status)
    await aWhile()
    machine.write(file, '[sysctl]\nvm.swappiness=33\n')
    await until(() => machine.read(SWAPPINESS) === '33\n', 'the profile is read', daemon.status)
  })

  it('a profile that is applied through the service is seen, too', async () => {
    const machine = serviceMachine('')
    machine.write('/etc/tuned/profiles/foo/tuned.conf', '[sysctl]\nvm.swappiness=31\n')
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(quietcore('apply', 'foo', '--root', machine.dir).code).toBe(0)
    await aWhile()
    machine.write('/etc/tuned/profiles/foo/tuned.conf', '[sysctl]\nvm.swappiness=32\n')
    await until(() => machine.read(SWAPPINESS) === '32\n', 'the change is applied', daemon.status)
  })

  it('the profile that a refused configuration names is tried once it is there', async () => {
    const machine = serviceMachine()
    mkdirSync(join(machine.dir, 'etc/tuned/profiles/foo'), { recursive: true })
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    machine.write(CONF, '[service]\nprofile = foo\n')
    await daemon.readyTimes(2)
    const refused = `${CONF}:2: there is no profile 'foo'`
    expect(daemon.status()).toBe(`quiet; verified, 2 settings as wanted; PROBLEM: ${refused}`)
    expect(daemon.log().at(-1)).toBe(`quietcore: warn: ${refused}; the tuning that was in force stays`)
    expect(machine.read('/run/quietcore/metrics.prom')).toContain('quietcore_reloads_total 0\n')
    await aWhile()
    machine.write('/etc/tuned/profiles/foo/tuned.conf', '[sysctl]\nvm.swappiness=???\n[sys')
    await until(() => daemon.status().includes('tuned.conf:3'), 'it is bad', daemon.status)
    machine.write('/etc/tuned/profiles/foo/tuned.conf', '[sysctl]\nvm.swappiness=44\n')
    await until(
      () => daemon.status() === 'foo; verified, 1 settings as wanted',
      'it is in force',
      daemon.status,
    )
  })

  it('a refused configuration is still shown when other work went well', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    machine.write(CONF, '[service]\nprofile = nosuch\n')
    await daemon.readyTimes(2)
    const refused = `quiet; verified, 2 settings as wanted; PROBLEM: ${CONF}:2: there is no profile 'nosuch'`
    const told = daemon.told().length
    daemon.signal('SIGUSR2')
    await until(() => daemon.told().slice(told).some(isApplying), 'the machine is looked at again')
    await until(() => daemon.status() === refused, 'it is still shown', daemon.status)
    await aWhile()
    expect(daemon.status()).toBe(refused)
  })

  it('SIGHUP reads it again, and a thousand of them are few reloads', async () => {
    const machine = serviceMachine()
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    machine.write(SWAPPINESS, '60\n')
    for (let time = 0; time < 1000; time++) daemon.signal('SIGHUP')
    await until(() => daemon.status().includes('DIFFERS'), 'the machine is looked at again', daemon.status)
    await aWhile()
    const reloads = daemon.told().filter((line) => line.startsWith('RELOADING=1')).length
    expect(reloads).toBeGreaterThan(0)
    expect(reloads).toBeLessThan(20)
  })
})

/** What a service said last is heard a little after it has ended. */
function untilStopping({ told }: RunningDaemon): Promise<void> {
  return until(
    () => told().at(-1) === STOPPING,
    'it says that it stops',
    () => told().join('\n'),
  )
}

function writeProfile(dir: string, path: string, option: string): void {
  put(dir, path, `[sysctl]\n${option}\n`)
}

function replaceWith(dir: string, option: string): void {
  writeProfile(dir, `${QUIET}.new`, option)
  renameSync(join(dir, `${QUIET}.new`), join(dir, QUIET))
}

function remake(dir: string, option: string): void {
  rmSync(join(dir, QUIET, '..'), { recursive: true })
  writeProfile(dir, QUIET, option)
}

function remakeAll(dir: string, option: string): void {
  rmSync(join(dir, '/etc/quietcore'), { recursive: true })
  put(dir, CONF, '[service]\nprofile = quiet\n')
  writeProfile(dir, QUIET, option)
}

function put(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}
