import { cpusOf } from '../core/cmdline/cpulist-value.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'
import { parseUnits } from '../core/cmdline/units.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { Machine } from './kind.ts'

const ISOLATED = '/sys/devices/system/cpu/isolated'
const NOHZ_FULL = '/sys/devices/system/cpu/nohz_full'

/** What the running kernel shows of the wanted parameters: each on its command line, and what came of two of them. */
export function lookedAtSettings(unit: Unit, wanted: string, machine: Machine, carriedBy: string): Setting[] {
  const parameters = parseUnits(wanted).map(({ key, parameter, text }): Setting => {
    const hasValue = parameter.value !== undefined
    return {
      id: `bootloader:${key}`,
      section: unit.name,
      target: `${text.split('=')[0]}${hasValue ? '=' : ''} of the running kernel`,
      want: text,
      effect: 'reboot',
      knob: { knob: 'running-parameter', wanted: text },
      compare: 'text',
      carriedBy,
    }
  })
  return [...numbered(parameters), ...effectiveSettings(unit, wanted, machine, carriedBy)]
}

/** `/sys/devices/system/cpu/{isolated,nohz_full}`: a mistyped or refused parameter shows only here. */
function effectiveSettings(unit: Unit, wanted: string, { facts }: Machine, carriedBy: string): Setting[] {
  const texts = parameterTexts(wanted)
  const [isolcpus, nohzFull] = [cpusOf(texts, 'isolcpus'), cpusOf(texts, 'nohz_full')]
  const base = { section: unit.name, effect: 'reboot', compare: 'cpulist', carriedBy } as const
  const settings: Setting[] = []
  if (isolcpus?.flags.includes('domain')) {
    const want = isolcpus.cpus.intersect(facts.cpu.possible).toString()
    settings.push({ ...base, id: 'bootloader:isolated', target: ISOLATED, want, knob: liveFile(ISOLATED) })
  }
  if (nohzFull) {
    const want = nohzFull.cpus.intersect(facts.cpu.possible).toString()
    settings.push({
      ...base,
      id: 'bootloader:nohz-full-cpus',
      target: NOHZ_FULL,
      want,
      knob: liveFile(NOHZ_FULL),
      ...(facts.cpu.nohzFull ? {} : { unsupported: 'this kernel was built without CONFIG_NO_HZ_FULL' }),
    })
  }
  return settings
}

function liveFile(path: string) {
  return { knob: 'live-file', path }
}

/** Parameters that are meant to stand several times (console=) each have their own id. */
function numbered(settings: readonly Setting[]): Setting[] {
  const seen = new Map<string, number>()
  return settings.map((setting) => {
    const count = (seen.get(setting.id) ?? 0) + 1
    seen.set(setting.id, count)
    return count === 1 ? setting : { ...setting, id: `${setting.id}#${count}` }
  })
}
