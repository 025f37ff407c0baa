import { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'

const PATH = '/proc/irq/default_smp_affinity'

/**
 * What `default_irq_smp_affinity` makes of the settings for interrupts: `calc` (the default) keeps them as they are,
 * `ignore` leaves the default mask alone, a cpulist is written to it (Documentation/core-api/irq/irq-affinity.rst).
 * @throws InputError `bad-cpulist` with the option's place
 */
export function withDefaultIrq(unit: Unit, settings: readonly Setting[]): Setting[] {
  const option = unit.options.get('default_irq_smp_affinity')
  const value = option?.value.trim() ?? 'calc'
  if (option === undefined || value === 'calc' || value === '') return [...settings]
  const others = settings.filter(({ knob }) => knob.path !== PATH)
  return value === 'ignore' ? others : [...others, defaultMask(unit, cpusOf(option))]
}

function defaultMask(unit: Unit, cpus: CpuSet): Setting {
  return {
    id: `${unit.name}:default_irq_smp_affinity`,
    section: unit.name,
    target: PATH,
    want: cpus.toMask(),
    effect: 'now',
    compare: 'cpumask',
    knob: { knob: 'live-file', path: PATH, compare: 'cpumask' },
  }
}

/** A cpulist, or a mask that starts with 0x. @throws InputError with the option's place */
export function cpusOf({ value, place }: ProfileOption): CpuSet {
  try {
    return /^\s*0x/i.test(value) ? CpuSet.parseMask(value) : CpuSet.parse(value)
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    const { code, message, next } = cause
    throw new InputError({ code, message, place, cause, ...(next === undefined ? {} : { next }) })
  }
}
