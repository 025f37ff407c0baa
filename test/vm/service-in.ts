/** The service in a machine, seen through systemd. */
import { askFor } from './asked.ts'
import type { Vm } from './driver/vm.ts'
import { isVmError, VmError } from './driver/vm-error.ts'
import { waitFor } from './driver/wait-for.ts'
import { putText } from './install-quietcore.ts'

export const PROFILE = 'realtime-virtual-host'
/** The operator's own profile over it: what a card, a module's threads and a CPU get when they come. */
export const OWN_PROFILE = 'compute'
const OWN_PROFILE_TEXT = `[main]
include=${PROFILE}
[sysfs]
/sys/class/net/e*/queues/rx-0/rps_cpus=1
[scheduler]
group.scsi_eh=0:f:3:*:^\\[scsi_eh
`

/** Stands where libvirtd does, and writes down what it found when it was started. */
const LIBVIRTD = `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'cat /proc/sys/kernel/sched_rt_runtime_us /proc/sys/kernel/timer_migration >/run/libvirtd-found'
[Install]
WantedBy=multi-user.target
`

/** A machine with its CPUs named, the operator's profile, a service that keeps it, and a libvirtd. Nothing is tuned yet. */
export async function prepareService(vm: Vm): Promise<void> {
  await vm.output(['systemctl', 'disable', '--now', 'irqbalance.service'])
  await askFor(vm, PROFILE)
  await putText(vm, `/etc/quietcore/profiles/${OWN_PROFILE}`, 'profile.conf', OWN_PROFILE_TEXT)
  await configure(vm, `[service]\nprofile = ${OWN_PROFILE}\n`)
  await putText(vm, '/etc/systemd/system', 'libvirtd.service', LIBVIRTD)
  await vm.output(['systemctl', 'daemon-reload'])
}

export async function configure(vm: Vm, text: string): Promise<void> {
  await putText(vm, '/etc/quietcore', 'quietcore.conf', text)
}

export async function property(vm: Vm, unit: string, name: string): Promise<string> {
  return (await vm.output(['systemctl', 'show', '--value', '-p', name, unit])).trim()
}

/** The one line that `systemctl status` shows. */
export function statusText(vm: Vm): Promise<string> {
  return property(vm, 'quietcore.service', 'StatusText')
}

/** Waits until a text of sh succeeds in the machine. @throws VmError `not-in-time` with what the service says */
export async function until(vm: Vm, condition: string, seconds?: number): Promise<void> {
  try {
    await waitFor(vm, condition, seconds)
  } catch (error) {
    if (!isVmError(error, ['not-in-time'])) throw error
    const says = await vm.shell(
      "systemctl show -p StatusText quietcore; journalctl -u 'quietcore*' -n 25 --no-pager || true",
    )
    throw new VmError(error.code, `${error.message}\n${says}`)
  }
}

/** The service's line is one that grep -E finds. */
export function untilStatus(vm: Vm, pattern: string, seconds?: number): Promise<void> {
  return until(vm, `systemctl show -p StatusText quietcore | grep -qE '${pattern}'`, seconds)
}

const SAMPLED = [
  '/proc/sys/kernel/sched_rt_runtime_us',
  '/proc/sys/kernel/timer_migration',
  '/proc/sys/vm/stat_interval',
  '/proc/irq/default_smp_affinity',
  '/sys/devices/virtual/workqueue/cpumask',
]

/** What each look at the tuned values found, distinct ones, while `during` ran; a look each 50 ms. */
export async function valuesDuring(vm: Vm, during: () => Promise<void>): Promise<string[]> {
  const loop = `while [ ! -e /run/sampled.stop ]; do cat ${SAMPLED.join(' ')} | tr '\\n' ' '; echo; sleep 0.05; done`
  // one that a first try left would go on beside it
  await vm.shell(
    `systemctl stop sampler.service 2>/dev/null || true
    systemctl reset-failed sampler.service 2>/dev/null || true
    rm -f /run/sampled*
    systemd-run --quiet --collect -u sampler -p StandardOutput=file:/run/sampled sh -c '${loop.replaceAll("'", `'"'"'`)}'`,
  )
  await during()
  await vm.output(['touch', '/run/sampled.stop'])
  await waitFor(vm, '! systemctl is-active --quiet sampler.service')
  const lines = await vm.shell('sort /run/sampled | uniq')
  return lines
    .trim()
    .split('\n')
    .map((line) => line.trim())
}
