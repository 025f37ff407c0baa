import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Machine } from './kind.ts'

const KNOB = /^(?:sched|numa_balancing)_[a-z_]+$/

/** `sched_migration_cost_ns`, `numa_balancing_scan_delay_ms`: knobs of the scheduler that moved between kernels. */
export function isKernelKnob(option: string): boolean {
  return KNOB.test(option)
}

/**
 * A knob of the scheduler where this kernel has it: sysctl until Linux 5.12, then debugfs
 * (8a99b6833c88 "sched: Move SCHED_DEBUG sysctl to debugfs"); several went away with EEVDF in 6.6.
 */
export function kernelKnobSetting(
  unit: Unit,
  name: string,
  option: ProfileOption,
  machine: Machine,
): Setting {
  const places = [`/proc/sys/kernel/${name}`, debugPath(name)]
  const found = places.find((path) => machine.ports.root.exists(path))
  const path = found ?? places[1]!
  return {
    id: `${unit.name}:${name}`,
    section: unit.name,
    target: path,
    want: option.value.trim(),
    effect: 'now',
    compare: 'number',
    knob: { knob: 'live-file', path, compare: 'number' },
    ...(found === undefined
      ? { unsupported: `this kernel has no ${name}: neither ${places.join(' nor ')} is there` }
      : {}),
  }
}

/** `sched_nr_migrate` is sched/nr_migrate there, `numa_balancing_scan_size_mb` sched/numa_balancing/scan_size_mb. */
function debugPath(name: string): string {
  const inner = name.startsWith('sched_')
    ? name.slice('sched_'.length)
    : name.replace(/^numa_balancing_/, 'numa_balancing/')
  return `/sys/kernel/debug/sched/${inner}`
}
