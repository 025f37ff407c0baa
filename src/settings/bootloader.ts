import type { BootLoader } from '../boot/loader.ts'
import { compactCommandLine } from '../core/cmdline/compact.ts'
import { conflicts, type PlacedParameter } from '../core/cmdline/conflicts.ts'
import { missingFrom } from '../core/cmdline/merge.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'
import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import { unitCommandLine } from '../core/profile/bootloader-line.ts'
import type { Unit } from '../core/profile/profile.ts'
import { lookedAtSettings } from './bootloader-looked-at.ts'
import {
  conflictWarning,
  cpulistWarnings,
  lengthWarning,
  noBootLoader,
  optionWarnings,
  sizelessPages,
} from './bootloader-warnings.ts'
import type { Machine, SettingKind } from './kind.ts'

export const CARRIER = 'bootloader:parameters'

/**
 * `[bootloader]`: the kernel parameters of the next boot.
 *
 * @example
 * [bootloader]
 * cmdline_realtime=+isolcpus=managed_irq,domain,${isolated_cores} nohz_full=${isolated_cores}
 *
 * One setting carries the parameters (the boot loader's file); one for each parameter looks at the running kernel, and
 * two at what the kernel made of them.
 */
export const bootloader: SettingKind = {
  type: 'bootloader',
  settings(unit, machine) {
    // Nothing added to nothing: our own repetitions go, and page sizes stand beside their counts.
    const wanted = missingFrom('', compactCommandLine(unitCommandLine(unit)))
    refuseOpenQuote(unit, wanted)
    const warnings = [...optionWarnings(unit), ...cpulistWarnings(placed(unit, wanted))]
    if (wanted === '') return { settings: [], warnings }
    const { loader } = machine
    if (!loader) {
      const settings = [withoutLoader(unit, wanted), ...lookedAtSettings(unit, wanted, machine, CARRIER)]
      return { settings, warnings: [...warnings, noBootLoader(unit)] }
    }
    const administrator = loader.administrator(machine.ports)
    const there = loader.addsMissingOnly ? '' : administrator.map(({ parameter }) => parameter).join(' ')
    const carried = missingFrom(there, wanted)
    return {
      settings: [
        carrier(unit, loader, carried, machine),
        ...lookedAtSettings(unit, wanted, machine, CARRIER),
      ],
      warnings: [
        ...warnings,
        ...conflicts(administrator, placed(unit, wanted)).map(conflictWarning),
        ...sizelessPages(unit, administrator, carried),
        ...lengthWarning(administrator, carried, loader, machine),
        ...(loader.warnings?.(machine.ports) ?? []),
      ],
    }
  },
}

/** @throws InputError: for the kernel an open quote swallows what follows, for GRUB's menu it is a syntax error */
function refuseOpenQuote(unit: Unit, wanted: string): void {
  const open = parameterTexts(wanted).find((text) => text.split('"').length % 2 === 0)
  if (open === undefined) return
  throw new InputError({
    code: 'bad-kernel-parameter',
    message: `the kernel parameter '${open}' has a double quote that is not closed`,
    place: placed(unit, open.split(/\s/)[0]!)[0]?.place ?? unit.place,
    next: 'Close the quote, or leave it out. Nothing was changed.',
  })
}

function carrier(unit: Unit, loader: BootLoader, carried: string, { ports }: Machine): Setting {
  return {
    id: CARRIER,
    section: unit.name,
    target: loader.touches(ports)[0] ?? `${loader.name} kargs`,
    want: carried,
    effect: 'reboot',
    knob: { knob: 'boot-parameters', loader: loader.name },
    compare: 'text',
  }
}

function withoutLoader(unit: Unit, wanted: string): Setting {
  return {
    id: CARRIER,
    section: unit.name,
    target: 'boot loader',
    want: wanted,
    effect: 'reboot',
    knob: { knob: 'boot-parameters', loader: '' },
    compare: 'text',
    unsupported: 'no boot loader that quietcore knows was found; set these kernel parameters by hand',
  }
}

/** Each wanted parameter with the line of the profile that gives it, where it can be told. */
function placed(unit: Unit, wanted: string): PlacedParameter[] {
  const lines = [...unit.options].filter(([name]) => name.startsWith('cmdline')).map(([, option]) => option)
  return parameterTexts(wanted).map((parameter) => {
    const name = parameter.split('=')[0]!
    const line =
      lines.find(({ value }) => value.includes(parameter)) ?? lines.find(({ value }) => value.includes(name))
    return { parameter, place: line?.place ?? unit.place }
  })
}
