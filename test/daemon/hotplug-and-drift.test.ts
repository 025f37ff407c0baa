import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import {
  aWhile,
  type RunningDaemon,
  type ServiceMachine,
  serviceMachine,
  startDaemon,
  until,
} from '../support/daemon.ts'
import { quietcore } from '../support/quietcore.ts'

const SWAPPINESS = '/proc/sys/vm/swappiness'
const GOVERNOR = '/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor'
const FAST = '[cpu]\ngovernor=performance\n[sysctl]\nvm.swappiness=10\n'

/** CPU 3 is offline, with a profile that has something for each CPU. */
function machineWithThree(conf: string): ServiceMachine {
  const machine = serviceMachine(`[service]\nprofile = fast\n${conf}`, { cpus: 4, offline: '3' })
  machine.write('/etc/quietcore/profiles/fast/profile.conf', FAST)
  return machine
}

function plugIn(machine: ServiceMachine): void {
  machine.write('/sys/devices/system/cpu/online', '0-3\n')
  machine.write('/sys/devices/system/cpu/cpu3/online', '1\n')
}

/** Waits until the service has logged so many times that it applied its profile: the last that it does to the machine. */
function appliedTimes({ log }: RunningDaemon, times: number): Promise<void> {
  return until(
    () => log().filter((line) => line.includes(': applied, ')).length >= times,
    `the profile is applied ${times} times`,
    () => log().join('\n'),
  )
}

it('a CPU that comes online gets its settings; what is known to have drifted stays as it is', async () => {
  const machine = machineWithThree('')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  expect(machine.read(GOVERNOR)).toBe('powersave\n')
  machine.write(SWAPPINESS, '77\n')
  const { code } = quietcore('verify', '--service', '--root', machine.dir)
  expect(code).toBe(1)
  const differs = 'fast; DIFFERS: /proc/sys/vm/swappiness is 77 instead of 10'
  await until(() => daemon.status() === differs, 'STATUS says it', daemon.status)
  expect(daemon.log().at(-1)).toBe(
    'quietcore: warn: /proc/sys/vm/swappiness is not as it was left want="10" have="77"',
  )
  plugIn(machine)
  for (let time = 0; time < 100; time++) daemon.signal('SIGUSR2')
  await appliedTimes(daemon, 2)
  await until(() => daemon.status() === differs, 'STATUS says it still', daemon.status)
  await aWhile()
  expect(daemon.log().slice(-2)).toEqual([
    `quietcore: ${GOVERNOR} is set from="powersave" to="performance"`,
    'quietcore: fast: applied, 1 settings changed',
  ])
  expect(machine.read(SWAPPINESS)).toBe('77\n')
  expect(daemon.status()).toBe(differs)
})

it('what comes gets its settings, also when a verify saw it before the service heard of it', async () => {
  const machine = machineWithThree('')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  plugIn(machine)
  expect(quietcore('verify', '--service', '--root', machine.dir).code).toBe(1)
  await until(() => daemon.status().includes('DIFFERS'), 'it is reported', daemon.status)
  daemon.signal('SIGUSR2')
  await until(() => machine.read(GOVERNOR) === 'performance\n', 'CPU 3 has its governor')
})

it('what went and came back gets its settings, also when a verify saw it before the service heard of it', async () => {
  const machine = machineWithThree('')
  plugIn(machine)
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  expect(machine.read(GOVERNOR)).toBe('performance\n')
  machine.write(GOVERNOR, 'powersave\n')
  expect(quietcore('verify', '--service', '--root', machine.dir).code).toBe(1)
  await until(() => daemon.status().includes('DIFFERS'), 'it is reported', daemon.status)
  daemon.signal('SIGUSR2')
  await until(() => machine.read(GOVERNOR) === 'performance\n', 'CPU 3 has its governor')
})

it('what somebody changed and nobody reported yet is reported, not mended, by a hotplug and by a reload', async () => {
  const machine = machineWithThree('')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  machine.write(SWAPPINESS, '60\n')
  plugIn(machine)
  daemon.signal('SIGUSR2')
  await until(() => machine.read(GOVERNOR) === 'performance\n', 'CPU 3 has its governor')
  await until(() => daemon.status().includes('swappiness is 60 instead of 10'), 'it is said', daemon.status)
  expect(daemon.log().join('\n')).toContain('swappiness is not as it was left want="10" have="60"')
  machine.write(SWAPPINESS, '99\n')
  machine.write('/etc/quietcore/suites.d/night.conf', '[step a]\ntool = cyclictest\nduration = 1s\n')
  await until(() => daemon.status().includes('swappiness is 99 instead of 10'), 'that, too', daemon.status)
  expect(machine.read(SWAPPINESS)).toBe('99\n')
})

it.each([
  ['vm.stat_interval', '/proc/sys/vm/stat_interval', 'sysctl', true],
  ['ksm/run', '/sys/kernel/mm/ksm/run', 'sysfs', true],
  ["a network device's option", '/proc/sys/net/ipv4/conf/eth0/arp_ignore', 'sysctl', false],
])(
  '%s back at its earlier value: drift is left, what came back is settled',
  async (_, path, type, isDrift) => {
    const machine = machineWithThree('')
    machine.write(path, '0\n')
    const option = path.replace('/proc/sys/', '').replaceAll('/', type === 'sysctl' ? '.' : '/')
    machine.append('/etc/quietcore/profiles/fast/profile.conf', `[more]\ntype=${type}\n${option}=1\n`)
    const daemon = await startDaemon(machine)
    await daemon.readyTimes(1)
    expect(machine.read(path)).toBe('1\n')
    machine.write(path, '0\n')
    plugIn(machine)
    daemon.signal('SIGUSR2')
    await appliedTimes(daemon, 2)
    await aWhile()
    expect(machine.read(GOVERNOR)).toBe('performance\n')
    expect(machine.read(path)).toBe(isDrift ? '0\n' : '1\n')
  },
)

it('while the profile on disk is bad, what comes is settled by the one that was applied', async () => {
  const machine = machineWithThree('')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  machine.write('/etc/quietcore/profiles/fast/profile.conf', '[cpu]\n???\n')
  await daemon.readyTimes(2)
  const bad = /^fast; verified, \d+ settings as wanted; PROBLEM: .*fast\/profile\.conf:2: /
  await until(() => bad.test(daemon.status()), 'it is refused', daemon.status)
  plugIn(machine)
  daemon.signal('SIGUSR2')
  await until(() => machine.read(GOVERNOR) === 'performance\n', 'CPU 3 has its governor')
  expect(quietcore('verify', '--service', '--root', machine.dir).code).toBe(0)
  await until(() => bad.test(daemon.status()), 'it is said still', daemon.status)
})

it('a housekeeping CPU that comes online leaves every thread off the isolated CPUs', async () => {
  const machine = serviceMachine('[service]\nprofile = realtime-virtual-host\n', { offline: '1' })
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  const cpusOfSshd = () => /Cpus_allowed_list:\t(.*)/.exec(machine.read('/proc/700/status'))![1]
  expect(cpusOfSshd()).toBe('0-1')
  machine.write('/sys/devices/system/cpu/online', '0-3\n')
  machine.write('/sys/devices/system/cpu/cpu1/online', '1\n')
  daemon.signal('SIGUSR2')
  await appliedTimes(daemon, 2)
  const pending = /^realtime-virtual-host; reboot pending for \d+ settings$/
  await until(() => pending.test(daemon.status()), 'STATUS says it', daemon.status)
  await aWhile()
  expect(daemon.log().filter((line) => line.includes('given back'))).toEqual([])
  expect(cpusOfSshd()).toBe('0-1')
  expect(daemon.status()).toMatch(pending)
})

it('with drift = mend a verify puts right what somebody changed, with the old and the new value in the log', async () => {
  const machine = machineWithThree('drift = mend\n')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  machine.write(SWAPPINESS, '77\n')
  expect(quietcore('verify', '--service', '--root', machine.dir).code).toBe(0)
  expect(machine.read(SWAPPINESS)).toBe('10\n')
  await until(() => daemon.log().some((line) => line.endsWith('1 settings changed')), 'it is logged')
  expect(daemon.log().slice(-3)).toEqual([
    'quietcore: warn: /proc/sys/vm/swappiness is not as it was left want="10" have="77"',
    'quietcore: /proc/sys/vm/swappiness is set from="77" to="10"',
    'quietcore: fast: applied, 1 settings changed',
  ])
})

it('a profile that was applied by hand stays until the next start, and the service says so', async () => {
  const machine = serviceMachine()
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  expect(quietcore('apply', 'calm', '--root', machine.dir).code).toBe(0)
  const said =
    'PROBLEM: /etc/quietcore/quietcore.conf:2: calm was applied by hand; quietcore.conf names quiet, which comes back at the next start'
  await until(
    () => daemon.status() === `calm; verified, 1 settings as wanted; ${said}`,
    'it is said',
    daemon.status,
  )
  daemon.signal('SIGHUP')
  await daemon.readyTimes(2)
  expect(machine.read(SWAPPINESS)).toBe('20\n')
  await daemon.stop()
  const next = await startDaemon(machine)
  await next.readyTimes(1)
  expect(next.status()).toBe('quiet; verified, 2 settings as wanted')
})

it('other CPUs that were given by hand are lost at the next start, and the service says so', async () => {
  const machine = serviceMachine('[service]\nprofile = realtime\n')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  const { code, stderr } = quietcore('apply', 'realtime', '--isolated-cores', '3', '--root', machine.dir)
  expect([code, stderr]).toEqual([0, expect.stringContaining('quietcore.conf:2 names realtime alone')])
  const said =
    'PROBLEM: /etc/quietcore/quietcore.conf:2: realtime (isolated_cores=3) was applied by hand; quietcore.conf names realtime alone, which comes back at the next start'
  await until(() => daemon.status().includes(said), 'it is said', daemon.status)
})

it('off through the service undoes all, leaves the service up and forgets what was verified', async () => {
  const machine = serviceMachine('')
  const daemon = await startDaemon(machine)
  await daemon.readyTimes(1)
  quietcore('apply', 'quiet', '--root', machine.dir)
  expect(quietcore('off', '--root', machine.dir).code).toBe(0)
  await until(() => daemon.status() === 'no profile is applied', 'it is said', daemon.status)
  expect(machine.read(SWAPPINESS)).toBe('60\n')
  expect(existsSync(join(machine.dir, 'var/lib/quietcore/verified.json'))).toBe(false)
  expect(quietcore('status', '--root', machine.dir).stdout).not.toContain('Verified:')
  expect(machine.read('/run/quietcore/metrics.prom')).not.toContain('quietcore_verify_state')
  expect(JSON.parse(quietcore('status', '--json', '--root', machine.dir).stdout)).toMatchObject({
    profile: null,
  })
})

it('a limit on C-states lasts through a crash and a restart, held by the same process; off ends it', async () => {
  const machine = serviceMachine('[service]\nprofile = awake\n')
  machine.write('/etc/quietcore/profiles/awake/profile.conf', '[cpu]\nforce_latency=2\n')
  machine.write('/dev/cpu_dma_latency', '\0\0\0\x01')
  const first = await startDaemon(machine)
  await first.readyTimes(1)
  expect(first.status()).toBe('awake; verified, 1 settings as wanted')
  const holder = () => (JSON.parse(machine.read('/run/quietcore/held-file')) as { pid: number }).pid
  const pid = holder()
  onTestFinished(() => {
    if (isSleeping(pid)) process.kill(pid)
  })
  first.signal('SIGKILL')
  await first.ended()
  expect(isSleeping(pid)).toBe(true)
  const second = await startDaemon(machine)
  await second.readyTimes(1)
  expect([holder(), isSleeping(pid)]).toEqual([pid, true])
  expect(second.log()[0]).toBe('quietcore: awake: was as wanted already')
  expect(quietcore('off', '--root', machine.dir).code).toBe(0)
  await until(() => !isSleeping(pid), 'the holder has ended')
  expect(machine.read('/dev/cpu_dma_latency')).toBe('\0\0\0\x01')
})

function isSleeping(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'
  } catch {
    return false
  }
}
