import type { CpuSet } from '../core/cpu/cpu-set.ts'
import { formatPlace } from '../core/errors.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import { cpusOf } from './cpus-of.ts'
import type { SettingKind } from './kind.ts'
import { optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const DROP_IN = '/etc/systemd/system/irqbalance.service.d/90-quietcore.conf'
/** Read by irqbalance.service as EnvironmentFile=, which wins over Environment= (systemd.exec(5)). */
const ADMINISTRATOR = ['/etc/default/irqbalance', '/etc/sysconfig/irqbalance']
const PROGRAM = ['/usr/sbin/irqbalance', '/usr/bin/irqbalance', '/sbin/irqbalance']

/**
 * `[irqbalance]`: CPUs to which irqbalance must move no interrupt, by a drop-in of its service; the administrator's
 * file is not touched. Versions before 1.8 read a mask, later ones a cpulist; both are given.
 *
 * @example
 * [irqbalance]
 * banned_cpus=${isolated_cores}
 */
export const irqbalance: SettingKind = {
  type: 'irqbalance',
  settings(unit, { ports: { root } }) {
    const warnings = optionWarnings(unit, ['banned_cpus'])
    const option = optionOf(unit, 'banned_cpus')
    if (option === undefined) return { settings: [], warnings }
    const banned = cpusOf(option)
    if (!PROGRAM.some((path) => root.exists(path))) {
      const reason = 'irqbalance is not installed, so nothing moves interrupts behind the profile'
      return { settings: [unsupportedSetting(unit, DROP_IN, banned.toString(), reason)], warnings }
    }
    const setting = {
      id: 'irqbalance:banned_cpus',
      section: unit.name,
      target: DROP_IN,
      want: dropIn(banned),
      effect: 'now' as const,
      compare: 'bytes' as const,
      knob: { knob: 'disk-file', path: DROP_IN, restart: 'irqbalance.service' },
    }
    return { settings: [setting], warnings: [...warnings, ...conflicts(unit, banned, option, root)] }
  },
}

function dropIn(banned: CpuSet): string {
  return [
    '# Written by quietcore; `quietcore off` takes it away.',
    '[Service]',
    `Environment=IRQBALANCE_BANNED_CPULIST=${banned}`,
    `Environment=IRQBALANCE_BANNED_CPUS=${banned.toMask()}`,
    '',
  ].join('\n')
}

/** `IRQBALANCE_BANNED_CPULIST=2-5` in the administrator's file has the last word. */
function conflicts(unit: Unit, banned: CpuSet, { place }: ProfileOption, root: Root): Warning[] {
  return ADMINISTRATOR.flatMap((file) =>
    (root.readTextIfThere(file) ?? '').split('\n').flatMap((line, index) => {
      const match = /^\s*(IRQBALANCE_BANNED_CPU(?:S|LIST))\s*=\s*(\S+)/.exec(line)
      if (!match || saysTheSame(match[1]!, match[2]!, banned)) return []
      const message = `${file}:${index + 1} sets ${match[1]}=${match[2]}, which wins over the ${banned} of [${unit.name}] (${formatPlace(place)}); take it out or make it the same`
      return [{ code: 'irqbalance-conflict', message, place: { file, line: index + 1 } }]
    }),
  )
}

function saysTheSame(name: string, value: string, banned: CpuSet): boolean {
  const text = value.replace(/^["']|["']$/g, '')
  return text === (name.endsWith('LIST') ? banned.toString() : banned.toMask())
}
