import { formatPlace, InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import { moduleFolder, parameterPath } from '../knobs/module-parameter.ts'
import type { Machine, SettingKind } from './kind.ts'
import { COUNTERPART, KVM_PARAMETERS, vendorModule } from './kvm-parameters.ts'
import { timerAdvance } from './kvm-timer-advance.ts'
import { type ModuleWish, moduleSettings, unitFile } from './modprobe.ts'
import { modprobeConflicts } from './modprobe-conflicts.ts'
import { unquoted, unsupportedSetting } from './section.ts'

/**
 * `[kvm]`: parameters of KVM, live where the kernel allows it and in /etc/modprobe.d/quietcore.conf for the next load.
 * A parameter of the other vendor's CPUs is `unsupported`, so one profile serves both.
 *
 * @example
 * [kvm]
 * kvmclock_periodic_sync=0
 * ple_gap=0
 * kvm_amd.pause_filter_count=0
 */
export const kvm: SettingKind = {
  type: 'kvm',
  settings(unit, machine) {
    const { root } = machine.ports
    const wishes = new Map<string, ModuleWish>()
    const settings: Setting[] = []
    const warnings: Warning[] = []
    for (const [name, option] of unit.options) {
      const asked = wishOf(name, option, machine)
      if (asked === undefined) {
        warnings.push(unknownOption(unit, name, option))
        continue
      }
      const { wish, warning } = timerAdvance(asked, option.place, root)
      if (warning) warnings.push(warning)
      const reason = wish === undefined ? NO_ADVANCE : whyNot(wish, machine)
      const { module, parameter, value } = wish ?? asked
      const id = `${module}.${parameter}`
      if (reason !== undefined) {
        settings.push({ ...unsupportedSetting(unit, parameterPath(asked), value, reason), id: `kvm:${id}` })
      } else if (!wishes.has(id) || name.endsWith(parameter)) wishes.set(id, { module, parameter, value })
    }
    const file = unitFile('quietcore', unit)
    const wanted = [...wishes.values()]
    return {
      settings: [...settings, ...moduleSettings(unit, file, wanted, root)],
      warnings: [...warnings, ...modprobeConflicts(file, wanted, root)],
    }
  },
}

function wishOf(name: string, option: ProfileOption, machine: Machine): ModuleWish | undefined {
  const value = unquoted(option.value)
  if (/\s/.test(value) || value === '') throw badValue(name, option)
  const [module, parameter] = name.split('.')
  if (parameter !== undefined && ['kvm', 'kvm_intel', 'kvm_amd'].includes(module!)) {
    return { module: module!, parameter, value }
  }
  const home = KVM_PARAMETERS[name]
  if (home === 'vendor') {
    return { module: vendorModule(machine.facts.cpu.vendor) ?? 'kvm', parameter: name, value }
  }
  if (home !== undefined) return { module: home, parameter: name, value }
  const inKvm = { module: 'kvm', parameter: name, value }
  return /^\w+$/.test(name) && machine.ports.root.exists(parameterPath(inKvm)) ? inKvm : undefined
}

/** The wrong vendor, or a kernel without it; a module that is not loaded takes it from the file later. */
function whyNot({ module, parameter }: ModuleWish, { facts, ports: { root } }: Machine): string | undefined {
  const vendor = vendorModule(facts.cpu.vendor)
  if (module !== 'kvm' && module !== vendor) {
    const other = COUNTERPART[parameter]
    const instead = other === undefined ? '' : `; ${vendor ?? 'this machine'} has ${other} instead`
    return `${module} is not for this machine's CPUs (${facts.cpu.vendor || facts.kernel.machine})${vendor ? instead : ''}`
  }
  if (!root.exists(moduleFolder(module)) || root.exists(parameterPath({ module, parameter })))
    return undefined
  return `${module} of this kernel has no parameter '${parameter}'`
}

const NO_ADVANCE = 'kvm of this kernel has neither lapic_timer_advance_ns nor lapic_timer_advance'

function unknownOption(unit: Unit, name: string, { place }: ProfileOption): Warning {
  return {
    code: 'unknown-option',
    message: `${formatPlace(place)}: [${unit.name}] knows no parameter '${name}' and this kernel's kvm has none; it is left out (name its module: kvm_intel.${name})`,
    place,
  }
}

function badValue(name: string, { value, place }: ProfileOption): InputError {
  return new InputError({
    code: 'bad-module-parameter',
    message: `${name}=${value} is not one word, as a module parameter must be`,
    place,
  })
}
