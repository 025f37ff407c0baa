import type { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import { cpusOf } from './cpus-of.ts'
import type { SettingKind } from './kind.ts'
import { optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const FOLDER = '/etc/systemd/system.conf.d'
const FILE = `${FOLDER}/90-quietcore.conf`

/**
 * `[systemd]`: the CPUs of systemd and of all services that set none themselves, by a drop-in of
 * systemd-system.conf(5). Services that run keep their CPUs until the next boot, so that is when it takes effect.
 *
 * @example
 * [systemd]
 * cpu_affinity=${non_isolated_cores}
 */
export const systemd: SettingKind = {
  type: 'systemd',
  settings(unit, machine) {
    const warnings = optionWarnings(unit, ['cpu_affinity'])
    const option = optionOf(unit, 'cpu_affinity')
    if (option === undefined) return { settings: [], warnings }
    const { root } = machine.ports
    const cpus = cpusOf(option)
    if (cpus.intersect(machine.facts.cpu.present).size === 0) throw noCpu(option)
    if (!['/etc/systemd', '/usr/lib/systemd', '/lib/systemd'].some((path) => root.exists(path))) {
      return {
        settings: [unsupportedSetting(unit, FILE, cpus.toString(), 'systemd is not installed')],
        warnings,
      }
    }
    return { settings: settingsFor(unit, cpus), warnings: [...warnings, ...laterFiles(cpus, root)] }
  },
}

function settingsFor(unit: Unit, cpus: CpuSet): Setting[] {
  const file: Setting = {
    id: `systemd:${FILE}`,
    section: unit.name,
    target: FILE,
    // An empty assignment first: masks of several files are joined, not replaced.
    want: `# Written by quietcore; \`quietcore off\` takes it away.\n[Manager]\nCPUAffinity=\nCPUAffinity=${cpus}\n`,
    effect: 'reboot',
    compare: 'bytes',
    knob: { knob: 'disk-file', path: FILE },
  }
  const effective: Setting = {
    id: 'systemd:cpu_affinity',
    section: unit.name,
    target: 'CPUs of systemd (/proc/1/status)',
    want: cpus.toString(),
    effect: 'reboot',
    compare: 'within',
    knob: { knob: 'status-field', path: '/proc/1/status', field: 'Cpus_allowed_list' },
    carriedBy: file.id,
  }
  return [file, effective]
}

/** Drop-ins are read in the order of their names; one after ours has the last word. */
function laterFiles(cpus: CpuSet, root: Root): Warning[] {
  return root
    .list(FOLDER)
    .filter((name) => name.endsWith('.conf') && name > '90-quietcore.conf')
    .flatMap((name) => {
      const file = `${FOLDER}/${name}`
      const lines = (root.readTextIfThere(file) ?? '').split('\n')
      const at = lines.findLastIndex((line) => /^\s*CPUAffinity\s*=/.test(line))
      if (at < 0) return []
      const message = `${file}:${at + 1} sets ${lines[at]!.trim()} and is read after quietcore's CPUAffinity=${cpus}, so it has the last word`
      return [{ code: 'systemd-affinity-conflict', message, place: { file, line: at + 1 } }]
    })
}

function noCpu({ value, place }: ProfileOption): InputError {
  return new InputError({
    code: 'no-present-cpu',
    message: `cpu_affinity=${value} has no CPU of this machine`,
    place,
    next: 'Name at least one CPU of /sys/devices/system/cpu/present.',
  })
}
