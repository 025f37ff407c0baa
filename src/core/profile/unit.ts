import { InputError, type Place } from '../errors.ts'
import type { Facts } from '../facts.ts'
import { unameWords } from '../uname.ts'
import { joinCommandLine, oneLine } from './bootloader-line.ts'
import type { ProfileOption, Unit } from './profile.ts'
import { pythonRegex } from './python-regex.ts'
import { pythonInt } from './python-text.ts'
import type { GivenName, RawOption, UnitDraft } from './unit-draft.ts'

export type Expand = (text: string, place: Place) => string

/**
 * Expands a merged section. A unit whose cpuinfo_regex or uname_regex is not found on this machine is disabled.
 * @throws InputError for a priority that is no integer, an invalid expression, and what expanding throws
 */
export function finishUnit(draft: UnitDraft, expand: Expand, facts: Facts): Unit {
  const given = (name: GivenName): string | undefined => {
    const option = draft.given[name]
    return option && expand(option.raw, option.place)
  }
  const unit: Unit = {
    name: draft.name,
    type: draft.type,
    priority: priorityOf(draft.given.priority, expand),
    enabled: draft.enabled,
    devices: expand(draft.devices.raw, draft.devices.place),
    options: expandOptions(draft.options, expand),
    place: draft.place,
    dir: draft.dir,
    // TuneD takes these three as they are written
    ...optional('devicesUdevRegex', draft.given.devices_udev_regex?.raw),
    ...optional('cpuinfoRegex', given('cpuinfo_regex')),
    ...optional('unameRegex', given('uname_regex')),
    ...optional('scriptPre', draft.given.script_pre?.raw),
    ...optional('scriptPost', draft.given.script_post?.raw),
    ...optional('cmdline', draft.type === 'bootloader' ? cmdlineOf(draft, expand) : undefined),
  }
  return !unit.enabled || fits(unit, draft, facts) ? unit : { ...unit, enabled: false }
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: string }
}

function expandOptions(options: ReadonlyMap<string, RawOption>, expand: Expand): Map<string, ProfileOption> {
  const expanded = new Map<string, ProfileOption>()
  for (const [name, option] of options) {
    expanded.set(name, { ...option, value: expand(option.raw, option.place) })
  }
  return expanded
}

/** TuneD joins the options as written, so `-isolcpus=${x}` removes `isolcpus=${x}`, and expands the line after that. */
function cmdlineOf(draft: UnitDraft, expand: Expand): string {
  const line = joinCommandLine([...draft.options].map(([name, { raw }]) => [name, raw] as const))
  return oneLine(expand(line.replace(/^"(.*)"$/, '$1'), draft.place))
}

function priorityOf(option: RawOption | undefined, expand: Expand): number {
  if (!option) return 0
  const text = expand(option.raw, option.place)
  const priority = pythonInt(text)
  if (priority !== undefined) return priority
  throw new InputError({
    code: 'bad-priority',
    message: `the priority '${text}' is no whole number`,
    place: option.place,
    next: 'Units of a lower priority are applied first; the default is 0.',
  })
}

function fits(unit: Unit, draft: UnitDraft, facts: Facts): boolean {
  const found = (regex: string | undefined, name: GivenName, text: string): boolean =>
    regex === undefined ||
    pythonRegex(regex, draft.given[name]?.place ?? draft.place, { multiline: true }).test(text)
  return (
    found(unit.cpuinfoRegex, 'cpuinfo_regex', facts.cpuinfo) &&
    found(unit.unameRegex, 'uname_regex', unameText(facts))
  )
}

/** `uname -snrvm`: what TuneD matches uname_regex against. */
function unameText(facts: Facts): string {
  return Object.values(unameWords(facts)).join(' ')
}
