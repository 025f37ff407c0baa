import type { Place } from '../errors.ts'
import type { Warning } from '../warning.ts'

/** A file of profile text, as found in a profile directory. */
export interface ProfileSource {
  /** machine path: `/etc/quietcore/profiles/x/profile.conf` */
  path: string
  /** folder of the profile, for `${i:PROFILE_DIR}` and scripts */
  dir: string
  text: string
  /** from one of TuneD's directories: unknown sections are warnings there, not errors */
  foreign: boolean
}

/** Where profiles and their include files are found; the loader itself touches no machine. */
export interface ProfileLibrary {
  /**
   * The first file of that name in search order whose path is not in `skip`; undefined when there is none. What a foreign
   * profile includes is looked for among the foreign ones first: an operator's TuneD profile builds on TuneD's.
   */
  find(name: string, skip: ReadonlySet<string>, includedBy?: ProfileSource): ProfileSource | undefined
  /** names that can be found, for "did you mean" */
  names(): readonly string[]
  /** an include file of `[variables]`; undefined when it is not there */
  readInclude(path: string): string | undefined
}

export interface ProfileOption {
  /** expanded */
  value: string
  /** as written, before expansion */
  raw: string
  place: Place
  /** it stands in a file of TuneD's directories */
  foreign?: boolean
}

/** One resolved section of a profile. Its type names the kind of setting. */
export interface Unit {
  name: string
  type: string
  /** lower is applied first (TuneD's default is 0) */
  priority: number
  enabled: boolean
  /** device pattern, `*` unless given */
  devices: string
  devicesUdevRegex?: string
  cpuinfoRegex?: string
  unameRegex?: string
  scriptPre?: string
  scriptPost?: string
  options: ReadonlyMap<string, ProfileOption>
  /** of a unit of type bootloader: its cmdline* options joined by TuneD's rules, expanded, one line */
  cmdline?: string
  /** where the section stands (in the last file that gave it) */
  place: Place
  /** folder of the profile that gave it */
  dir: string
}

/** Merged and expanded: the input of the plan. */
export interface Profile {
  name: string
  summary: string
  description: string
  /** every file that was read, in order */
  files: readonly string[]
  units: readonly Unit[]
  variables: ReadonlyMap<string, string>
  /** where each variable got its value; those given on the command line have none */
  variablePlaces: ReadonlyMap<string, Place>
  warnings: readonly Warning[]
  /** first file that gave the profile its name */
  path: string
}
