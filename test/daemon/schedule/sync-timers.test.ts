import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_SERVICE_CONFIG, type ServiceConfig } from '../../../src/core/service/service-config.ts'
import { syncSchedule } from '../../../src/daemon/schedule/sync-schedule.ts'
import { type MachineDir, machineDir } from '../../support/machine-dir.ts'
import { installSystemd, noSystemdPrograms } from '../../support/systemd-programs.ts'
import { listTree } from '../../support/tree.ts'

const NOW = '2026-11-22T12:00:00.000Z'
const NO_VERIFY: ServiceConfig = (({ verifyOnCalendar: _, ...rest }) => rest)(DEFAULT_SERVICE_CONFIG)
const UNITS = '/run/systemd/system'
const NIGHT = `${UNITS}/quietcore-validate@night.timer.d/50-quietcore.conf`
const STAMP = '/var/lib/systemd/timers/stamp-quietcore-validate@night.timer'
const SHOW = 'show --property=Id --property=ActiveState --property=NeedDaemonReload --'

const suite = (schedule: string) => `[suite]\n${schedule}\n\n[step a]\ntool = cyclictest\nduration = 1h\n`
const NIGHTLY = suite('on-calendar = Mon..Fri 02:00\nrandomized-delay = 30min')

function machine(suites: Readonly<Record<string, string>>): MachineDir & {
  sync(config?: ServiceConfig | null): ReturnType<typeof syncSchedule>
  /** what systemctl was called with since the last time */
  calls(): string[]
  remove(path: string): void
} {
  const made = machineDir(
    Object.fromEntries(
      Object.entries(suites).map(([name, text]) => [`/etc/quietcore/suites.d/${name}.conf`, text]),
    ),
  )
  installSystemd(made)
  const ports = { ...made.ports, clock: { now: () => new Date(NOW), monotonicMs: () => 0 } }
  return {
    ...made,
    sync: (config = NO_VERIFY) => syncSchedule(config, ports),
    calls() {
      const lines = made.read('/calls').trim()
      made.write('/calls', '')
      return lines === '' ? [] : lines.split('\n')
    },
    remove: (path) => rmSync(join(made.dir, path)),
  }
}

describe.skipIf(noSystemdPrograms)(
  `timers of suites (${noSystemdPrograms ?? 'real systemd-analyze'})`,
  () => {
    it('a suite with a calendar becomes a timer that is started, one without runs by hand only', async () => {
      const { sync, read, calls } = machine({ night: NIGHTLY, 'by-hand': suite('title = By hand') })
      expect(await sync()).toEqual({
        schedule: [
          { suite: 'night', onCalendar: 'Mon..Fri 02:00', randomizedDelay: '30min', onlyWhenIdle: true },
        ],
        problems: [],
      })
      expect(
        read(NIGHT),
      ).toBe(`# Written by quietcore from /etc/quietcore/suites.d/night.conf; what is changed here is lost.
[Timer]
OnCalendar=
OnCalendar=Mon..Fri 02:00
RandomizedDelaySec=30min
Persistent=yes

[X-Quietcore]
OnlyWhenIdle=yes
`)
      expect(calls()).toEqual([
        'daemon-reload',
        `${SHOW} quietcore-validate@night.timer`,
        'start --no-block -- quietcore-validate@night.timer',
      ])
    })

    it('what is right already is not touched: one question to systemd, no reload', async () => {
      const { dir, sync, calls } = machine({ night: NIGHTLY })
      const first = await sync()
      calls()
      const tree = listTree(dir, (path) => path === '/calls')
      expect(await sync()).toEqual(first)
      expect(calls()).toEqual([`${SHOW} quietcore-validate@night.timer`])
      expect(listTree(dir, (path) => path === '/calls')).toEqual(tree)
    })

    it('a machine without scheduled suites asks systemd nothing', async () => {
      const { sync, calls } = machine({ 'by-hand': suite('title = By hand') })
      expect(await sync()).toEqual({ schedule: [], problems: [] })
      expect(calls()).toEqual([])
    })

    it('a service killed before the reload or the start finds at its next start what was left', async () => {
      const { sync, calls, write } = machine({ night: NIGHTLY })
      await sync()
      calls()
      write('/stale', '')
      write('/active', '')
      await sync()
      expect(calls()).toEqual([
        `${SHOW} quietcore-validate@night.timer`,
        'daemon-reload',
        'start --no-block -- quietcore-validate@night.timer',
      ])
    })

    it('another calendar restarts the timer, and it has missed no slot', async () => {
      const { dir, sync, calls, write, read } = machine({ night: NIGHTLY })
      write(STAMP, '')
      utimesSync(join(dir, STAMP), 0, 0)
      await sync()
      const stamped = () => Math.round(statSync(join(dir, STAMP)).mtimeMs / 1e6)
      expect(stamped()).toBe(0)
      calls()
      write('/etc/quietcore/suites.d/night.conf', suite('on-calendar = 04:00\nonly-when-idle = no'))
      expect((await sync()).schedule).toEqual([
        { suite: 'night', onCalendar: '04:00', randomizedDelay: null, onlyWhenIdle: false },
      ])
      expect(read(NIGHT).split('\n').slice(1)).toEqual([
        '[Timer]',
        'OnCalendar=',
        'OnCalendar=04:00',
        'RandomizedDelaySec=0',
        'Persistent=yes',
        '',
        '[X-Quietcore]',
        'OnlyWhenIdle=no',
        '',
      ])
      expect(calls()).toEqual([
        'stop -- quietcore-validate@night.timer',
        'daemon-reload',
        `${SHOW} quietcore-validate@night.timer`,
        'start --no-block -- quietcore-validate@night.timer',
      ])
      expect(stamped()).toBe(Math.round(Date.now() / 1e6))
    })

    it('a suite that comes back later has missed no slot meanwhile', async () => {
      const { dir, sync, write, remove } = machine({ night: NIGHTLY })
      await sync()
      write(STAMP, '')
      utimesSync(join(dir, STAMP), 0, 0)
      remove('/etc/quietcore/suites.d/night.conf')
      await sync()
      expect(existsSync(join(dir, STAMP))).toBe(false)
    })

    it('a suite that is removed takes its timer and its folder along, and nothing of others', async () => {
      const { dir, sync, calls, write, remove } = machine({
        night: NIGHTLY,
        day: suite('on-calendar = 14:00'),
      })
      write(STAMP, '')
      write(`${UNITS}/quietcore-validate@other.timer.d/50-quietcore.conf`, '[Timer]\nOnCalendar=hourly\n')
      write(`${UNITS}/quietcore-validate@day.timer.d/60-local.conf`, '[Timer]\nAccuracySec=1s\n')
      await sync()
      calls()
      remove('/etc/quietcore/suites.d/night.conf')
      remove('/etc/quietcore/suites.d/day.conf')
      expect(await sync()).toEqual({ schedule: [], problems: [] })
      expect(calls()).toEqual([
        'stop -- quietcore-validate@day.timer quietcore-validate@night.timer',
        'daemon-reload',
      ])
      expect(Object.keys(listTree(join(dir, 'run/systemd'))).sort()).toEqual([
        '/system',
        '/system/quietcore-validate@day.timer.d',
        '/system/quietcore-validate@day.timer.d/60-local.conf',
        '/system/quietcore-validate@other.timer.d',
        '/system/quietcore-validate@other.timer.d/50-quietcore.conf',
      ])
    })

    it('a calendar or a delay that systemd refuses is told in its words with file and line; the others run', async () => {
      const { sync } = machine({
        a: suite('on-calendar = Mon 25:00'),
        b: suite('on-calendar = daily\nrandomized-delay = 5 parsecs'),
        c: suite('on-calendar = 2020-01-01'),
        d: suite('on-calendar = daily\nrandomized-delay = infinity'),
        e: suite('on-calendar = --version'),
        'n ight': suite('on-calendar = daily'),
        '-x': suite('on-calendar = daily'),
        night: NIGHTLY,
      })
      const { schedule, problems } = await sync()
      expect(schedule.map((one) => one.suite)).toEqual(['night'])
      const how = (value: string) =>
        `systemd.time(7) has the language; try yours with systemd-analyze: \`systemd-analyze calendar '${value}'\`.`
      const rename = 'Rename the file: letters, digits, dots, dashes and underscores, at most 128.'
      const span = "Write a time span of systemd.time(7): '30min', '1h 30min'."
      const folder = '/etc/quietcore/suites.d'
      expect(problems).toEqual([
        {
          code: 'bad-suite-name',
          message: 'a suite named "-x" cannot run by itself: a systemd unit cannot carry the name',
          place: { file: `${folder}/-x.conf`, line: 2 },
          next: rename,
          since: NOW,
        },
        {
          code: 'bad-calendar',
          message:
            "on-calendar = Mon 25:00: Failed to parse calendar specification 'Mon 25:00': Invalid argument",
          place: { file: `${folder}/a.conf`, line: 2 },
          next: how('Mon 25:00'),
          since: NOW,
        },
        {
          code: 'bad-delay',
          message: "randomized-delay = 5 parsecs: Failed to parse time span '5 parsecs': Invalid argument",
          place: { file: `${folder}/b.conf`, line: 3 },
          next: span,
          since: NOW,
        },
        {
          code: 'calendar-is-over',
          message: 'on-calendar = 2020-01-01: this calendar has no moment in the future',
          place: { file: `${folder}/c.conf`, line: 2 },
          next: how('2020-01-01'),
          since: NOW,
        },
        {
          code: 'bad-delay',
          message: 'randomized-delay = infinity: a run that is put off for ever never comes',
          place: { file: `${folder}/d.conf`, line: 3 },
          next: span,
          since: NOW,
        },
        {
          code: 'bad-calendar',
          message:
            "on-calendar = --version: Failed to parse calendar specification '--version': Invalid argument",
          place: { file: `${folder}/e.conf`, line: 2 },
          next: how('--version'),
          since: NOW,
        },
        {
          code: 'bad-suite-name',
          message: 'a suite named "n ight" cannot run by itself: a systemd unit cannot carry the name',
          place: { file: `${folder}/n ight.conf`, line: 2 },
          next: rename,
          since: NOW,
        },
      ])
    })

    it.each([
      ['a broken file', '[suite]\non-calendar = 04:00\n', 'bad-suite', undefined],
      [
        'a refused calendar',
        suite('on-calendar = nightly'),
        'bad-calendar',
        "'Mon..Fri 02:00' stays in force.",
      ],
    ])('%s leaves the schedule that was good', async (_, text, code, advice) => {
      const { sync, calls, write } = machine({ night: NIGHTLY })
      const { schedule } = await sync()
      calls()
      write('/etc/quietcore/suites.d/night.conf', text)
      const again = await sync()
      expect(again.schedule).toEqual(schedule)
      expect(again.problems.map((one) => one.code)).toEqual([code])
      if (advice !== undefined) expect(again.problems[0]!.next).toMatch(advice)
      expect(calls()).toEqual([`${SHOW} quietcore-validate@night.timer`])
    })

    it('a drop-in that somebody else put in the place of ours is left alone', async () => {
      const { sync, read, write, calls } = machine({ night: NIGHTLY })
      write(NIGHT, '[Timer]\nOnCalendar=hourly\n')
      expect(await sync()).toEqual({
        schedule: [],
        problems: [
          {
            code: 'foreign-drop-in',
            message:
              'this drop-in was not written by quietcore and is left alone, so the schedule is not in force',
            place: { file: NIGHT },
            next: 'Rename it (60-local.conf is read after ours) or remove it.',
            since: NOW,
          },
        ],
      })
      expect(read(NIGHT)).toBe('[Timer]\nOnCalendar=hourly\n')
      expect(calls()).toEqual([])
    })

    it('verify has its timer by the configuration, and loses it when it is off', async () => {
      const { sync, read, calls } = machine({})
      const file = '/etc/quietcore/quietcore.conf'
      const config = { ...NO_VERIFY, verifyOnCalendar: { expression: '*:0/30', place: { file, line: 3 } } }
      expect(await sync(config)).toEqual({ schedule: [], problems: [] })
      expect(read(`${UNITS}/quietcore-verify.timer.d/50-quietcore.conf`)).toBe(
        `# Written by quietcore from ${file}; what is changed here is lost.\n[Timer]\nOnCalendar=\nOnCalendar=*:0/30\nRandomizedDelaySec=0\n`,
      )
      const bad = { ...NO_VERIFY, verifyOnCalendar: { expression: 'often', place: { file, line: 3 } } }
      expect((await sync(bad)).problems).toMatchObject([
        {
          message: "verify = often: Failed to parse calendar specification 'often': Invalid argument",
          place: { file, line: 3 },
        },
      ])
      calls()
      await sync(NO_VERIFY)
      expect(calls()).toEqual(['stop -- quietcore-verify.timer', 'daemon-reload'])
    })

    it('a refused configuration leaves the timer of verify as it is; where there is none, it is hourly', async () => {
      const { sync, read, calls } = machine({ night: NIGHTLY })
      const dropIn = `${UNITS}/quietcore-verify.timer.d/50-quietcore.conf`
      const place = { file: '/etc/quietcore/quietcore.conf', line: 3 }
      await sync({ ...NO_VERIFY, verifyOnCalendar: { expression: '*:0/30', place } })
      const before = read(dropIn)
      calls()
      expect((await sync(null)).schedule.map((one) => one.suite)).toEqual(['night'])
      expect(read(dropIn)).toBe(before)
      expect(calls()).toEqual([`${SHOW} quietcore-verify.timer quietcore-validate@night.timer`])
      await sync(NO_VERIFY)
      await sync(null)
      expect(read(dropIn)).toContain('\nOnCalendar=hourly\n')
    })

    it('a systemd that refuses is a problem in its own words', async () => {
      const { sync, write } = machine({ night: NIGHTLY, day: suite('on-calendar = 14:00') })
      write('/refuse', 'start --no-block -- quietcore-validate@night.timer\n')
      write('/refusal', 'Unit quietcore-validate@night.timer not found.')
      const { schedule, problems } = await sync()
      expect(schedule.map((one) => one.suite)).toEqual(['day', 'night'])
      expect(problems).toEqual([
        {
          code: 'systemctl-failed',
          message:
            '`systemctl start --no-block -- quietcore-validate@night.timer`: Failed to start: Unit quietcore-validate@night.timer not found.',
          next: 'See `systemctl status` of the unit and the journal. The service tries again at its next reload.',
          since: NOW,
        },
      ])
    })

    it('a machine without systemd has a problem, and its service goes on', async () => {
      const made = machine({ night: NIGHTLY })
      made.remove('/usr/bin/systemctl')
      made.remove('/usr/bin/systemd-analyze')
      const { schedule, problems } = await made.sync()
      expect(schedule).toEqual([])
      expect(problems.map((one) => one.code)).toEqual(['no-such-program'])
    })
  },
)

const NO_UNITS = existsSync('systemd/quietcore-validate@.timer') ? undefined : 'needs the units'
it.skipIf(noSystemdPrograms ?? NO_UNITS)('systemd takes the timers with what was written', async () => {
  const { dir, sync } = machine({ night: NIGHTLY, 'a.b_c:d@e-f': suite('on-calendar = *-*-01 03:00:00') })
  await sync(DEFAULT_SERVICE_CONFIG)
  const units = mkdtempSync(join(tmpdir(), 'quietcore-units-'))
  onTestFinished(() => rmSync(units, { recursive: true, force: true }))
  cpSync('systemd', units, { recursive: true })
  cpSync(join(dir, UNITS), units, { recursive: true })
  mkdirSync(join(units, 'bin'), { recursive: true })
  const timers = readdirSync(join(dir, UNITS)).map((folder) => folder.replace(/\.d$/, ''))
  expect(timers).toEqual([
    'quietcore-validate@a.b_c:d@e-f.timer',
    'quietcore-validate@night.timer',
    'quietcore-verify.timer',
  ])
  writeFileSync(join(units, 'quietcore.service'), '[Service]\nExecStart=/bin/true\n')
  for (const timer of timers) {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', timer], {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${units}:/usr/lib/systemd/system` },
    })
    expect([timer, stderr.split('\n').filter((line) => line.includes('.timer'))]).toEqual([timer, []])
    expect([0, 1]).toContain(status)
  }
})
