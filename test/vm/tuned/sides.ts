import { BOOT_S } from '../driver/limits.ts'
import type { CommandResult } from '../driver/ssh.ts'
import type { Vm } from '../driver/vm.ts'
import { atRest, udevAtRest, waitFor } from '../driver/wait-for.ts'
import { putText } from '../install-quietcore.ts'
import { type Snapshot, snapshot } from './snapshot.ts'

/** Where Debian's package has the profile: both programs read this file. */
export const PROFILE = '/usr/lib/tuned/realtime-virtual-host'

/**
 * TuneD 2.20's scheduler and irqbalance plugins import Python's `perf` for the list of CPUs and for its watch on new
 * processes. Debian 12 has no package with that module; with this much of it the plugins load, without the watch.
 */
const PERF = `def cpu_map():
    cpus = []
    for part in open('/sys/devices/system/cpu/online').read().strip().split(','):
        first, _, last = part.partition('-')
        cpus += range(int(first), int(last or first) + 1)
    return cpus
`

/** The one thing that an operator writes before either program: the CPUs, in TuneD's own variables file. */
export async function chooseCpus(vm: Vm): Promise<void> {
  const file = '/etc/tuned/realtime-virtual-host-variables.conf'
  await vm.output(['sed', '-i', 's/^isolated_cores=.*/isolated_cores=2-3/', file])
}

export async function givePerf(vm: Vm): Promise<void> {
  await putText(vm, '/usr/lib/python3/dist-packages', 'perf.py', PERF)
}

export async function switchTuned(vm: Vm): Promise<CommandResult> {
  await vm.output(['systemctl', 'enable', '--now', 'tuned.service'])
  return vm.run(['tuned-adm', 'profile', 'realtime-virtual-host'], { timeoutMs: BOOT_S * 1000 })
}

/** Reboots, waits until the machine is at rest, `settle` has come to its end and what that began, too, and looks. */
export async function afterReboot(vm: Vm, settle: () => Promise<unknown>): Promise<Snapshot> {
  await vm.reboot()
  await atRest(vm)
  await settle()
  await udevAtRest(vm)
  return snapshot(vm)
}

/** TuneD's service says that it has started before it has tuned; its log says when that is done. */
export async function tunedSettled(vm: Vm): Promise<void> {
  const lastStart = "sed -n '/TuneD: /h;/TuneD: /!H;${x;p}' /var/log/tuned/tuned.log"
  await waitFor(vm, `${lastStart} | grep -q "'realtime-virtual-host' applied"`, BOOT_S)
}

/** What TuneD's last verify said against the machine, from its log. */
export async function complaints(vm: Vm): Promise<string[]> {
  const log = await vm.output(['cat', '/var/log/tuned/tuned.log'])
  const last = log.slice(log.lastIndexOf('verifying profile(s)'))
  return last
    .split('\n')
    .filter((line) => / ERROR /.test(line))
    .map((line) => line.replace(/^.* ERROR +tuned\./, ''))
    .sort()
}
