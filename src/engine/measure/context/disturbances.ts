import type { Finding } from '../../../core/latency/measurement.ts'
import type { Changes, Growth } from './compare.ts'

/**
 * What disturbed a run, as findings. `trust: false` where the numbers may be *better* than the machine is (a CPU
 * that was away, another clock); what can only make them worse (SMI, steal, heat, swap) explains a failure and
 * cannot make a pass untrue.
 */
export function disturbances(changes: Changes): Finding[] {
  const { memory, hotplugged, online, clocksource, smi, stealMs, throttled } = changes
  const swappedIn = memory.swappedInPages.after - memory.swappedInPages.before
  const swappedOut = memory.swappedOutPages.after - memory.swappedOutPages.before
  const found: Finding[] = []
  const say = (when: boolean, code: string, message: string, trust = true) => {
    if (when) found.push({ code, message, trust })
  }
  say(hotplugged !== '', 'cpu-hotplug', `CPU ${hotplugged} was not online all the time`, false)
  say(
    hotplugged === '' && online.before !== online.after,
    'cpu-hotplug-elsewhere',
    `other CPUs went on or offline (${online.before} before, ${online.after} after)`,
  )
  say(
    clocksource.before !== clocksource.after,
    'clocksource-changed',
    `the clock source changed from ${clocksource.before} to ${clocksource.after}: the clock was unreliable`,
    false,
  )
  say(grew(smi), 'smi', `the firmware took CPUs by system management interrupts: ${each(smi, '')}`)
  say(grew(stealMs), 'steal', `the hypervisor took time from measured CPUs: ${each(stealMs, ' ms')}`)
  say(
    grew(throttled),
    'throttled',
    `CPUs were slowed because they were too hot: ${each(throttled, ' times')}`,
  )
  say(swappedIn + swappedOut > 0, 'swap', `the machine swapped (${swappedIn} pages in, ${swappedOut} out)`)
  return found
}

function grew(growths: readonly Growth[] | null): boolean {
  return growths !== null && growths.length > 0
}

function each(growths: readonly Growth[] | null, unit: string): string {
  return (growths ?? []).map(({ cpu, by }) => `CPU ${cpu} ${by}${unit}`).join(', ')
}
