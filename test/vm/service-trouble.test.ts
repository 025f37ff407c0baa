import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { putText } from './install-quietcore.ts'
import { installedVm } from './installed-vm.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { quietcore } from './quietcore-in.ts'
import { configure, property, statusText, until, untilStatus } from './service-in.ts'
import { spoilt } from './spoilt.ts'

const SUITE = `[suite]
title = Ten seconds
cpus = 2-3
only-when-idle = yes
[step cyclictest]
tool = cyclictest
duration = 5s
[thresholds gross]
cyclictest.max = <=60s
`

interface History {
  runs: { suite: string; result: string | null }[]
  missed: { suite: string; reason: string }[]
}

/** Writes to the control socket what no client would, and reads the answer for a moment. */
const GARBAGE = `
import os, socket
for text in (b'\\x00\\xff' * 5000, b'GET', b'POST /v1/apply HTTP/1.1\\r\\nContent-Length: 99999999\\r\\n\\r\\n{'):
    s = socket.socket(socket.AF_UNIX); s.connect('/run/quietcore/control.sock'); s.settimeout(2)
    try:
        s.sendall(text); s.recv(100)
    except OSError: pass
`

const VALIDATE_STATE = 'systemctl show -p ActiveState --value quietcore-validate@often.service'

/** Takes away what is mounted over a folder of the service, and the service is up again. */
const unmounted = (folder: string) => `
  if mountpoint -q ${folder}; then systemctl stop quietcore; umount ${folder}; fi
  systemctl start quietcore`

describe('the service, when things are not as they should be', () => {
  let vm: Vm
  printConsoleOnFailure(() => vm)

  const suite = (name: string, text: string) => putText(vm, '/etc/quietcore/suites.d', `${name}.conf`, text)
  const restart = () => vm.output(['systemctl', 'restart', 'quietcore.service'], { timeoutMs: 600_000 })
  const isUp = async () => expect(await property(vm, 'quietcore.service', 'ActiveState')).toBe('active')
  const history = async () => JSON.parse((await quietcore(vm, 'history', '--json')).stdout) as History

  beforeAll(async () => {
    vm = await prepared(installedVm, async (vm) => {
      await configure(vm, '[service]\nprofile = latency\n')
      await vm.output(['systemctl', 'start', 'quietcore.service'], { timeoutMs: 600_000 })
    })
  })
  afterAll(() => vm?.destroy())

  it('makes a timer of a suite with a calendar, which measures, and keeps the result', async () => {
    await suite('often', SUITE.replace('[step', 'on-calendar = *:*:0/30\n[step'))
    await until(vm, 'systemctl is-active --quiet quietcore-validate@often.timer')
    expect(await vm.output(['systemctl', 'list-timers', '--no-pager'])).toContain(
      'quietcore-validate@often.service',
    )
    await until(vm, 'ls -d /var/lib/quietcore/runs/2*-often', 600)
    const { runs } = await history()
    expect(runs.map((run) => run.suite)).toContain('often')
    await untilStatus(vm, 'often: (pass|undecided)')
  })

  it('leaves a measurement out while its CPUs are occupied, and records why', async () => {
    const occupy =
      'systemd-run --quiet --collect -u guest taskset -c 3 chrt -f 1 sh -c "while :; do sleep 0.1; done"'
    await spoilt(vm, occupy, 'systemctl stop guest.service 2>/dev/null || true', async () => {
      await until(vm, "quietcore history --json | grep -q 'CPU 3'", 600)
      const { missed } = await history()
      expect(missed.at(-1)).toMatchObject({ suite: 'often' })
    })
  })

  it("refuses a wrong calendar with systemd's own words and the suite's line", async () => {
    await suite('often', SUITE)
    await until(vm, '! systemctl is-active --quiet quietcore-validate@often.timer')
    try {
      await suite('wrong', SUITE.replace('[step', 'on-calendar = someday\n[step'))
      await untilStatus(vm, 'wrong.conf:5: .*[Ff]ailed to parse calendar')
    } finally {
      await vm.output(['rm', '-f', '/etc/quietcore/suites.d/wrong.conf'])
    }
    await untilStatus(vm, 'latency; verified')
  })

  it('records that a tool is gone', async () => {
    // a measurement that its timer began would take the place of the one that is started here
    await until(vm, `${VALIDATE_STATE} | grep -qxE 'inactive|failed'`, 600)
    const hide = 'mv /usr/bin/cyclictest /root/cyclictest'
    const giveBack = '[ ! -e /root/cyclictest ] || mv /root/cyclictest /usr/bin/cyclictest'
    await spoilt(vm, hide, giveBack, async () => {
      await vm.run(['systemctl', 'start', 'quietcore-validate@often.service'], { timeoutMs: 600_000 })
      const { missed } = await history()
      expect(missed.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('cyclictest'))
    })
    await isUp()
  })

  it('goes on when a client sends garbage', async () => {
    await vm.output(['python3', '-c', GARBAGE])
    const { exitCode, stdout } = await quietcore(vm, 'status')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('latency')
    await isUp()
  })

  it('answers nobody but root', async () => {
    const curl = `import socket; socket.socket(socket.AF_UNIX).connect('/run/quietcore/control.sock')`
    const { stderr } = await vm.run(['runuser', '-u', 'nobody', '--', 'python3', '-c', curl])
    expect(stderr).toContain('PermissionError')
    expect((await vm.run(['runuser', '-u', 'nobody', '--', 'quietcore', 'off'])).exitCode).toBe(3)
    expect(await statusText(vm)).toMatch(/^latency; verified/)
  })

  it('stays up on a full disk and says so', async () => {
    const fill = `
      systemctl stop quietcore
      rm -rf /root/state
      cp -a /var/lib/quietcore /root/state
      mount -t tmpfs -o size=256k tmpfs /var/lib/quietcore
      cp -a /root/state/journal /root/state/verified.json /var/lib/quietcore/ || true
      dd if=/dev/zero of=/var/lib/quietcore/filler bs=4k 2>/dev/null || true
      systemctl start quietcore`
    await spoilt(vm, fill, unmounted('/var/lib/quietcore'), async () => {
      await untilStatus(vm, 'PROBLEM: .*(ENOSPC|full|no room|room)')
      await isUp()
    })
    await untilStatus(vm, '=latency; verified')
  })

  it('stays up when /etc is read-only, and an apply that needs it fails with that reason', async () => {
    const lock = `
      systemctl stop quietcore
      mount --bind /etc /etc; mount -o remount,bind,ro /etc
      systemctl start quietcore`
    await spoilt(vm, lock, unmounted('/etc'), async () => {
      const argv = ['apply', 'realtime-virtual-host', '--isolated-cores', '2-3']
      const { exitCode, stderr } = await quietcore(vm, ...argv)
      expect(exitCode).toBe(3)
      expect(stderr).toMatch(/read-only/)
      await isUp()
    })
    await untilStatus(vm, '=latency; verified')
  })

  it('stays up beside a half-written run and a stale lock', async () => {
    await vm.shell(`
      mkdir -p /var/lib/quietcore/runs/.partial-20260101T000000Z-often
      echo '{' >/var/lib/quietcore/runs/.partial-20260101T000000Z-often/run.json
      echo 999999 >/run/quietcore/lock`)
    await restart()
    expect(await statusText(vm)).toMatch(/^latency; verified/)
    expect((await history()).runs.length).toBeGreaterThan(0)
  })

  it('says that its journal is damaged, changes nothing, and stays up', async () => {
    const damage =
      "cp -p /var/lib/quietcore/journal /root/journal; printf 'garbage\\n' >/var/lib/quietcore/journal"
    const giveBack = '[ ! -e /root/journal ] || mv /root/journal /var/lib/quietcore/journal'
    await spoilt(vm, damage, giveBack, async () => {
      const { exitCode } = await vm.run(['systemctl', 'restart', 'quietcore.service'], { timeoutMs: 600_000 })
      expect(await statusText(vm)).toMatch(/journal/)
      expect(await vm.output(['cat', '/var/lib/quietcore/journal'])).toBe('garbage\n')
      expect(exitCode).toBe(0)
    })
  })
})
