import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ISOLATED, POLICIES, tunedLive } from './asked.ts'
import { kernelThreadPolicies, wrongValues } from './checks.ts'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { udevAtRest, waitFor } from './driver/wait-for.ts'
import { installedVm } from './installed-vm.ts'
import { threads, unmovableIrqs } from './machine-state.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { inState, verified } from './quietcore-in.ts'
import {
  configure,
  OWN_PROFILE,
  prepareService,
  property,
  statusText,
  until,
  untilStatus,
  valuesDuring,
} from './service-in.ts'

const TUNED = '-1 0 10 3 3'
const CONFIG = `[service]\nprofile = ${OWN_PROFILE}\n`
const VERIFIED = '=compute; verified, [0-9]+ settings as wanted$'

describe('the service on a machine with systemd', () => {
  let vm: Vm
  let unmovable: string[]
  printConsoleOnFailure(() => vm)

  const mainPid = () => property(vm, 'quietcore.service', 'MainPID')
  const serving = () => until(vm, '[ "$(systemctl is-active quietcore)" = active ]', 600)

  beforeAll(async () => {
    vm = await prepared(installedVm, prepareService)
  })
  afterAll(() => vm?.destroy())

  it('is not started by the installation', async () => {
    expect((await vm.run(['systemctl', 'is-enabled', 'quietcore.service'])).stdout).toBe('disabled\n')
    expect((await vm.run(['systemctl', 'is-active', 'quietcore.service'])).stdout).toBe('inactive\n')
  })

  it('enable --now applies the profile, and says that a reboot is pending', async () => {
    await vm.output(['systemctl', 'enable', '--now', 'quietcore.service'], { timeoutMs: 600_000 })
    await vm.output(['systemctl', 'enable', 'libvirtd.service'])
    expect(await statusText(vm)).toMatch(/^compute; reboot pending for \d+ settings/)
    expect((await verified(vm)).exitCode).toBe(4)
  })

  it('after the reboot the machine is tuned before libvirtd starts, and verified by itself', async () => {
    await vm.reboot()
    await serving()
    await until(vm, '[ "$(systemctl is-active libvirtd)" = active ]')
    expect(await vm.output(['cat', '/run/libvirtd-found'])).toBe('-1\n0\n')
    const [ready, libvirtd] = await Promise.all([
      property(vm, 'quietcore.service', 'ActiveEnterTimestampMonotonic'),
      property(vm, 'libvirtd.service', 'ExecMainStartTimestampMonotonic'),
    ])
    expect(Number(ready)).toBeLessThan(Number(libvirtd))
    // what udev still finds after a boot is settled, too, and said meanwhile
    await untilStatus(vm, VERIFIED)
    const kept = JSON.parse(await vm.output(['cat', '/var/lib/quietcore/verified.json'])) as Record<
      string,
      unknown
    >
    expect(kept).toMatchObject({ profile: OWN_PROFILE, state: 'ok', bootId: await vm.bootId(), drifted: [] })
  })

  it('from inside its sandbox it has done all that the profile asks', async () => {
    unmovable = await unmovableIrqs(vm)
    expect(await wrongValues(vm, ISOLATED)).toEqual([])
    expect(await tunedLive(vm, unmovable)).toEqual([])
    expect(kernelThreadPolicies(await threads(vm), Object.keys(POLICIES))).toEqual(POLICIES)
    const { exitCode, answer } = await verified(vm)
    expect(
      ['differs', 'pending-reboot', 'unreadable'].flatMap((state) => inState(answer, state as 'differs')),
    ).toEqual([])
    expect(exitCode).toBe(0)
  })

  it('has all of its threads on housekeeping CPUs', async () => {
    const lists = await vm.shell(`grep -h Cpus_allowed_list /proc/${await mainPid()}/task/*/status | sort -u`)
    expect(lists).toBe('Cpus_allowed_list:\t0-1\n')
  })

  it('a second one is refused and names the first', async () => {
    const { exitCode, stderr } = await vm.run(['quietcore', 'daemon'])
    expect(exitCode).toBe(3)
    expect(stderr).toContain(await mainPid())
    expect(await property(vm, 'quietcore.service', 'ActiveState')).toBe('active')
  })

  it('stays tuned at every moment of a restart, a SIGKILL and a stop', async () => {
    const first = await mainPid()
    const seen = await valuesDuring(vm, async () => {
      await vm.output(['systemctl', 'restart', 'quietcore.service'], { timeoutMs: 600_000 })
      const second = await mainPid()
      expect(second).not.toBe(first)
      await vm.output(['systemctl', 'kill', '--signal=KILL', '--kill-who=main', 'quietcore.service'])
      await until(
        vm,
        `p=$(systemctl show --value -p MainPID quietcore); [ "$p" != ${second} ] && [ "$p" != 0 ]`,
      )
      await serving()
      await vm.output(['systemctl', 'stop', 'quietcore.service'])
      await vm.output(['systemctl', 'start', 'quietcore.service'], { timeoutMs: 600_000 })
    })
    expect(seen).toEqual([TUNED])
    expect((await verified(vm)).exitCode).toBe(0)
  })

  it('that hangs is restarted by the watchdog, and the machine stays tuned', async () => {
    await vm.shell(
      `mkdir -p /run/systemd/system/quietcore.service.d
      printf '[Service]\\nWatchdogSec=60s\\n' >/run/systemd/system/quietcore.service.d/watchdog.conf
      systemctl daemon-reload`,
    )
    await vm.output(['systemctl', 'restart', 'quietcore.service'], { timeoutMs: 600_000 })
    const hung = await mainPid()
    const seen = await valuesDuring(vm, async () => {
      await vm.output(['kill', '-STOP', hung])
      await until(
        vm,
        `p=$(systemctl show --value -p MainPID quietcore); [ "$p" != ${hung} ] && [ "$p" != 0 ]`,
        400,
      )
      await serving()
    })
    expect(seen).toEqual([TUNED])
    expect(await vm.output(['journalctl', '-u', 'quietcore', '-b', '--no-pager'])).toContain(
      'Watchdog timeout',
    )
    await vm.shell('rm -r /run/systemd/system/quietcore.service.d; systemctl daemon-reload')
    await vm.output(['systemctl', 'restart', 'quietcore.service'], { timeoutMs: 600_000 })
  })

  it('gives a CPU that comes back its settings', async () => {
    const thread = (await vm.output(['pgrep', '-x', 'ksoftirqd/3'])).trim()
    await vm.shell('echo 0 >/sys/devices/system/cpu/cpu3/online')
    await vm.output(['chrt', '-o', '-p', '0', thread])
    await vm.shell('echo 1 >/sys/devices/system/cpu/cpu3/online')
    await until(vm, `chrt -p ${thread} | grep -q SCHED_FIFO`)
    expect(await vm.output(['chrt', '-p', thread])).toContain('priority: 2')
  })

  it('gives a network card that is plugged in its settings', async () => {
    await replugCard(vm)
    await until(vm, 'grep -q 1 /sys/class/net/e*/queues/rx-0/rps_cpus')
    expect(await vm.output(['cat', '/run/without'])).toBe('lo\n')
    expect(await tunedLive(vm, unmovable)).toEqual([])
  })

  it('gives them also when a scheduled verify sees it before the service hears of it', async () => {
    await vm.output(['systemctl', 'stop', 'quietcore-hotplug.path'])
    await replugCard(vm)
    const { exitCode } = await vm.run(['quietcore', 'verify', '--service'], { timeoutMs: 300_000 })
    expect(exitCode).toBe(1)
    await vm.shell('systemctl start quietcore-hotplug.path; touch /run/quietcore/hotplug')
    await until(vm, 'grep -q 1 /sys/class/net/e*/queues/rx-0/rps_cpus')
    expect(await tunedLive(vm, unmovable)).toEqual([])
  })

  it("gives a module's threads their settings", async () => {
    await until(vm, '[ ! -d /sys/module/scsi_debug ] || modprobe -r scsi_debug')
    const before = (await threads(vm)).filter(({ comm }) => comm.startsWith('scsi_eh_')).length
    await vm.output(['modprobe', 'scsi_debug'])
    await until(vm, "! ps -eLo cls=,comm= | grep -qE 'TS +scsi_eh_'")
    const eh = (await threads(vm)).filter(({ comm }) => comm.startsWith('scsi_eh_'))
    expect(eh).toHaveLength(before + 1)
    expect([...new Set(eh.map(({ policy, priority, cpus }) => `${policy} ${priority} ${cpus}`))]).toEqual([
      'FF 3 0-1',
    ])
  })

  it('refuses a bad configuration with file and line in its status, and the old tuning stays', async () => {
    await configure(vm, `[service]\nprofile = ${OWN_PROFILE}\ndrift = maybe\n`)
    await untilStatus(vm, 'quietcore.conf:3: .*maybe')
    expect((await verified(vm)).exitCode).toBe(0)
    await configure(vm, CONFIG)
    await untilStatus(vm, VERIFIED)
  })

  it('sees drift at a scheduled verify, and mends it when it is told to', async () => {
    await configure(vm, CONFIG)
    await vm.output(['systemctl', 'restart', 'quietcore.service'], { timeoutMs: 600_000 })
    await untilStatus(vm, VERIFIED)
    await vm.output(['sysctl', '-qw', 'kernel.timer_migration=1'])
    await vm.output(['systemctl', 'start', 'quietcore-verify.service'], { timeoutMs: 300_000 })
    expect(await statusText(vm)).toMatch(/DIFFERS: .*timer_migration is 1 instead of 0/)
    await configure(vm, `${CONFIG}drift = mend\n`)
    await untilStatus(vm, 'compute')
    await vm.output(['systemctl', 'reload', 'quietcore.service'], { timeoutMs: 300_000 })
    await vm.output(['systemctl', 'start', 'quietcore-verify.service'], { timeoutMs: 300_000 })
    expect(await statusText(vm)).toMatch(/^compute; verified/)
    expect(await vm.output(['cat', '/proc/sys/kernel/timer_migration'])).toBe('0\n')
  })

  it('off un-tunes and leaves the service running', async () => {
    await vm.output(['quietcore', 'off'], { timeoutMs: 600_000 })
    expect(await wrongValues(vm, { '/proc/sys/kernel/sched_rt_runtime_us': '950000' })).toEqual([])
    expect(await property(vm, 'quietcore.service', 'ActiveState')).toBe('active')
  })
})

/** In one go inside the machine, for its only card is the one that it is reached by. */
async function replugCard(vm: Vm): Promise<void> {
  await vm.shell(`
    rm -f /run/replugged
    device=$(readlink -f /sys/class/net/e*/device/..)
    cat >/run/replug <<END
    echo 1 >$device/remove
    sleep 2
    ls /sys/class/net >/run/without
    echo 1 >/sys/bus/pci/rescan
    touch /run/replugged
END
    systemd-run --quiet --collect sh /run/replug`)
  await waitFor(vm, '[ -e /run/replugged ]')
  await udevAtRest(vm)
}
