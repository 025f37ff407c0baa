import type { CpuSet } from '../core/cpu/cpu-set.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import { cpusOf } from './cpus-of.ts'
import { optionOf } from './section.ts'

const PATH = '/proc/irq/default_smp_affinity'

/**
 * What `default_irq_smp_affinity` makes of the settings for interrupts: `calc` (the default) keeps them as they are,
 * `ignore` leaves the default mask alone, a cpulist is written to it (Documentation/core-api/irq/irq-affinity.rst).
 * @throws InputError `bad-cpulist` with the option's place
 */
export function withDefaultIrq(unit: Unit, settings: readonly Setting[]): Setting[] {
  const option = optionOf(unit, 'default_irq_smp_affinity')
  const value = option?.value.trim() ?? 'calc'
  if (option === undefined || value === 'calc') return [...settings]
  const others = settings.filter(({ knob }) => knob.path !== PATH)
  return value === 'ignore' ? others : [...others, defaultMask(unit, cpusOf(option))]
}

function defaultMask(unit: Unit, cpus: CpuSet): Setting {
  return {
    id: `${unit.name}:default_smp_affinity`,
    section: unit.name,
    target: PATH,
    want: cpus.toMask(),
    effect: 'now',
    compare: 'cpumask',
    knob: { knob: 'live-file', path: PATH, compare: 'cpumask' },
  }
}
