import type { Place } from '../errors.ts'
import type { ParsedSection } from './parse.ts'
import { resolvePath } from './path.ts'
import type { ProfileSource } from './profile.ts'

export interface RawOption {
  raw: string
  place: Place
  /** it stands in a file of TuneD's directories */
  foreign?: boolean
}

/** A section of one profile file, its reserved names taken out of the options; merged later, expanded last. */
export interface UnitDraft {
  name: string
  type: string
  enabled: boolean
  devices: RawOption
  /** these replace the unit's when they are given, and only then */
  given: Partial<Record<GivenName, RawOption>>
  replace: boolean
  prepend: boolean
  /** options of the included profile's unit that are to go */
  drop: RawOption & { names: readonly string[] }
  options: Map<string, RawOption>
  place: Place
  dir: string
  /** the section stands in a file of TuneD's directories */
  foreign: boolean
}

const GIVEN = [
  'priority',
  'devices_udev_regex',
  'cpuinfo_regex',
  'uname_regex',
  'script_pre',
  'script_post',
] as const
export type GivenName = (typeof GIVEN)[number]

const PROFILE_DIR = /(?<!\\)\$\{i:PROFILE_DIR\}/g
const TRUE = new Set(['True', 'true', '1'])
/** `a, b;c`; as in TuneD, a separator counts only after a word character. */
const DROP_SEPARATOR = /(?<=[\p{L}\p{N}_])\s*[,;]\s*/u

/** Several scripts in one value are split by newlines. */
export const SCRIPT_SEPARATOR = '\n'

/** `${i:PROFILE_DIR}` as the folder of the profile; `\${i:PROFILE_DIR}` stays. */
export function withProfileDir(text: string, dir: string): string {
  return text.replace(PROFILE_DIR, () => dir)
}

export function unitDraft(section: ParsedSection, source: ProfileSource): UnitDraft {
  const options = new Map<string, RawOption>()
  for (const [name, { value, place }] of section.options) {
    const raw = withProfileDir(value ?? '', source.dir)
    const text = name === 'script' ? resolvePath(source.dir, raw) : raw
    options.set(name, { raw: text, place, ...(source.foreign ? { foreign: true } : {}) })
  }
  const take = (name: string): RawOption | undefined => {
    const option = options.get(name)
    options.delete(name)
    return option
  }
  const isTrue = (name: string): boolean => TRUE.has(take(name)?.raw ?? '')
  const type = take('type')?.raw ?? section.name
  const enabled = options.has('enabled') ? isTrue('enabled') : true
  const drop = take('drop') ?? { raw: '', place: section.place }
  const given: UnitDraft['given'] = {}
  for (const name of GIVEN) {
    const option = take(name)
    if (option) given[name] = option
  }
  return {
    name: section.name,
    type,
    enabled,
    devices: take('devices') ?? { raw: '*', place: section.place },
    given,
    replace: isTrue('replace'),
    prepend: isTrue('prepend'),
    drop: { ...drop, names: drop.raw === '' ? [] : drop.raw.split(DROP_SEPARATOR) },
    options,
    place: section.place,
    dir: source.dir,
    foreign: source.foreign,
  }
}
