import { InputError, type Place } from '../errors.ts'
import type { ProfileDraft } from './merge.ts'
import { nearest } from './nearest.ts'
import { parseProfile } from './parse.ts'
import type { ProfileLibrary, ProfileSource } from './profile.ts'
import { type RawOption, unitDraft, withProfileDir } from './unit-draft.ts'

export interface FoundProfile {
  name: string
  source: ProfileSource
  draft: ProfileDraft
}

export interface IncludeOptions {
  library: ProfileLibrary
  /** expands the text of `include=` */
  expand(text: string, place: Place): string
}

interface Asked {
  name: string
  /** where it is included; undefined for a name that the operator gave */
  place: Place | undefined
  /** the file that includes it */
  includedBy: ProfileSource | undefined
  /** profiles that are being read, outermost first */
  chain: readonly string[]
}

/**
 * Finds the named profiles and all they include, included ones first. Each file is read once: a profile that includes
 * its own name gets the next file of that name in search order.
 * @throws InputError `unknown-profile`, `include-loop`, `bad-profile-name`, and what parsing throws
 */
export function findProfiles(names: readonly string[], options: IncludeOptions): FoundProfile[] {
  const found: FoundProfile[] = []
  const read = new Set<string>()
  for (const name of names)
    collect({ name, place: undefined, includedBy: undefined, chain: [] }, read, found, options)
  return found
}

function collect(asked: Asked, read: Set<string>, found: FoundProfile[], options: IncludeOptions): void {
  const optional = asked.place !== undefined && asked.name.startsWith('-')
  const name = optional ? asked.name.slice(1) : asked.name
  if (!/^[A-Za-z0-9_./-]{1,255}$/.test(name)) {
    // `-provider-${f:exec:cat:FILE}` where there is no FILE: what may be missing is missing
    if (optional) return
    throw badName(name, asked.place)
  }
  const source = options.library.find(name, read, asked.includedBy)
  if (!source) {
    const known = options.library.find(name, new Set()) !== undefined
    if (!optional && !known) throw unknown(name, asked.place, options.library)
    if (!optional && !found.some((one) => one.name === name)) throw loop(name, asked)
    return
  }
  read.add(source.path)
  const sections = parseProfile(source.text, source.path)
  const main = new Map<string, RawOption>()
  for (const [option, { value, place }] of sections.find((section) => section.name === 'main')?.options ??
    []) {
    main.set(option, { raw: value ?? '', place })
  }
  const include = main.get('include')
  main.delete('include')
  if (include) {
    const text = options.expand(withProfileDir(include.raw, source.dir), include.place)
    for (const included of text.split(/\s*[,;]\s*/)) {
      const chain = [...asked.chain, name]
      collect({ name: included, place: include.place, includedBy: source, chain }, read, found, options)
    }
  }
  const units = sections
    .filter((section) => section.name !== 'main')
    .map((section) => unitDraft(section, source))
  found.push({ name, source, draft: { main, units: new Map(units.map((unit) => [unit.name, unit])) } })
}

function at(place: Place | undefined): { place?: Place } {
  return place ? { place } : {}
}

function badName(name: string, place: Place | undefined): InputError {
  return new InputError({
    code: 'bad-profile-name',
    message: name === '' ? 'a profile name is empty' : `'${name}' cannot name a profile`,
    ...at(place),
    next: "A profile's name has letters, digits, '_', '.' and '-'; several are split by commas in include=.",
  })
}

function unknown(name: string, place: Place | undefined, library: ProfileLibrary): InputError {
  const close = nearest(name, library.names())
  return new InputError({
    code: 'unknown-profile',
    message: `there is no profile '${name}'`,
    ...at(place),
    next: close ? `Did you mean '${close}'?` : "'quietcore list' shows the profiles of this machine.",
  })
}

function loop(name: string, asked: Asked): InputError {
  const chain = [...asked.chain.slice(asked.chain.indexOf(name)), name]
  return new InputError({
    code: 'include-loop',
    message: `profiles include each other without end: ${chain.join(' -> ')}`,
    ...at(asked.place),
    next: 'Remove one of these include= lines.',
  })
}
