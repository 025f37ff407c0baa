import type { Finding } from '../../../core/latency/measurement.ts'
import type { Changes, PerCpu } from './compare.ts'

/**
 * What disturbed a run, as findings. `trust: false` where the numbers may be *better* than the machine is (a CPU
 * that was away, another clock); what can only make them worse (SMI, steal, heat, swap) explains a failure and
 * cannot make a pass untrue.
 */
export function disturbances(changes: Changes): Finding[] {
  const { memory } = changes
  const found: (Finding | false)[] = [
    changes.hotplugged !== '' &&
      finding('cpu-hotplug', `CPU ${changes.hotplugged} was not online all the time`, false),
    changes.onlineBefore !== changes.onlineAfter &&
      changes.hotplugged === '' &&
      finding(
        'cpu-hotplug-elsewhere',
        `other CPUs went on or offline (${changes.onlineBefore} before, ${changes.onlineAfter} after)`,
      ),
    changes.clocksourceBefore !== changes.clocksourceAfter &&
      finding(
        'clocksource-changed',
        `the clock source changed from ${changes.clocksourceBefore} to ${changes.clocksourceAfter}: the clock was unreliable`,
        false,
      ),
    counted(changes.smi) &&
      finding('smi', `the firmware took CPUs by system management interrupts: ${perCpu(changes.smi!, '')}`),
    counted(changes.stealMs) &&
      finding('steal', `the hypervisor took time from measured CPUs: ${perCpu(changes.stealMs, ' ms')}`),
    counted(changes.throttled) &&
      finding(
        'throttled',
        `CPUs were slowed because they were too hot: ${perCpu(changes.throttled!, ' times')}`,
      ),
    memory.swappedInPages + memory.swappedOutPages > 0 &&
      finding(
        'swap',
        `the machine swapped (${memory.swappedInPages} pages in, ${memory.swappedOutPages} out)`,
      ),
  ]
  return found.filter((one) => one !== false)
}

function finding(code: string, message: string, trust = true): Finding {
  return { code, message, trust }
}

function counted(values: PerCpu | null): boolean {
  return values !== null && Object.keys(values).length > 0
}

function perCpu(values: PerCpu, unit: string): string {
  return Object.entries(values)
    .map(([cpu, count]) => `CPU ${cpu} ${count}${unit}`)
    .join(', ')
}
