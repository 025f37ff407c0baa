import type { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError } from '../core/errors.ts'
import type { Json, Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import { cpusOf } from './cpus-of.ts'
import { chosenDevices, udevWarnings } from './devices.ts'
import { type Interrupt, interruptsOf } from './interrupts.ts'
import type { Machine, SettingKind } from './kind.ts'
import { optionOf, optionWarnings } from './section.ts'

const DEFAULT_AFFINITY = '/proc/irq/default_smp_affinity'

/**
 * `[irq]`: which CPUs serve interrupts. `mode=intersect` keeps an interrupt on those of its CPUs that are in the list.
 *
 * @example
 * [irq]
 * devices=irq24 irq25 DEFAULT
 * affinity=0-1
 */
export const irq: SettingKind = {
  type: 'irq',
  settings(unit, machine) {
    const warnings = [...optionWarnings(unit, ['affinity', 'mode']), ...udevWarnings(unit)]
    const affinity = optionOf(unit, 'affinity')
    if (affinity === undefined) return { settings: [], warnings }
    const cpus = cpusOf(affinity).intersect(machine.facts.cpu.online)
    if (cpus.size === 0) throw noOnlineCpu(affinity)
    const intersect = modeOf(unit) === 'intersect'
    const interrupts = interruptsOf(machine.ports.root, machine.facts.cmdline)
    const chosen = new Set(chosenDevices(unit, ['DEFAULT', ...interrupts.map(({ irq }) => `irq${irq}`)]))
    const settings = interrupts
      .filter(({ irq }) => chosen.has(`irq${irq}`))
      .map((one) =>
        intersect
          ? irqSetting(unit.name, one, cpus, 'within', cpus.toString())
          : irqSetting(unit.name, one, cpus, 'cpulist', { exactly: cpus.toString() }),
      )
    if (chosen.has('DEFAULT')) settings.push(defaultSetting(unit.name, cpus))
    return { settings, warnings }
  },
}

/**
 * Keeps every interrupt, and each new one, off the isolated CPUs: one setting for each, and one for the default mask.
 * @param section the unit's name
 */
export function irqAffinitySettings(section: string, isolated: CpuSet, machine: Machine): Setting[] {
  const home = machine.facts.cpu.online.minus(isolated)
  const interrupts = interruptsOf(machine.ports.root, machine.facts.cmdline)
  return [
    ...interrupts.map((one) => irqSetting(section, one, home, 'within', home.toString())),
    defaultSetting(section, home),
  ]
}

function irqSetting(
  section: string,
  { irq, name, unmovable }: Interrupt,
  cpus: CpuSet,
  compare: 'within' | 'cpulist',
  write: Json,
): Setting {
  return {
    id: `${section}:irq${irq}`,
    section,
    target: name === '' ? `irq ${irq}` : `irq ${irq} ${name}`,
    want: cpus.toString(),
    effect: 'now',
    compare,
    knob: { knob: 'irq-affinity', irq },
    write,
    ...(unmovable === undefined ? {} : { unsupported: unmovable }),
  }
}

function defaultSetting(section: string, cpus: CpuSet): Setting {
  return {
    id: `${section}:default_smp_affinity`,
    section,
    target: DEFAULT_AFFINITY,
    want: cpus.toMask(),
    effect: 'now',
    compare: 'cpumask',
    knob: { knob: 'live-file', path: DEFAULT_AFFINITY, compare: 'cpumask' },
  }
}

function modeOf(unit: Unit): string {
  const mode = optionOf(unit, 'mode')
  const word = mode?.value.trim() ?? 'set'
  if (word === 'set' || word === 'intersect') return word
  throw new InputError({
    code: 'bad-irq-mode',
    message: `mode=${word} is neither 'set' nor 'intersect'`,
    ...(mode === undefined ? {} : { place: mode.place }),
  })
}

function noOnlineCpu({ value, place }: ProfileOption): InputError {
  return new InputError({
    code: 'no-online-cpu',
    message: `affinity=${value} has no online CPU`,
    place,
    next: 'Name at least one CPU of /sys/devices/system/cpu/online.',
  })
}
