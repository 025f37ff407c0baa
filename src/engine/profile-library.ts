import { posix } from 'node:path'
import { parseProfile } from '../core/profile/parse.ts'
import type { ProfileLibrary, ProfileSource } from '../core/profile/profile.ts'
import { builtinProfilesDir } from '../host/builtin-profiles.ts'
import type { Root } from '../host/ports.ts'
import { openRoot } from '../host/root.ts'

export interface ListedProfile {
  name: string
  path: string
  /** as the file itself says it; an included profile's does not count */
  summary: string
  /** it lies in one of TuneD's folders */
  foreign: boolean
}

export interface FolderLibrary extends ProfileLibrary {
  /** every profile that can be found, by name; of several files of a name the one that counts */
  list(): ListedProfile[]
}

export interface LibraryOptions {
  root: Root
  /** folders to search instead of the usual ones: machine paths, or paths of this machine where the root has none */
  dirs?: readonly string[] | undefined
  /** the program's own profiles, a path of this machine */
  builtinDir?: string | undefined
  look?: Look | undefined
}

/** Hears of each file of the machine that is read or looked for; `text` is undefined when it is not there. */
export type Look = (path: string, text: string | undefined, kind: 'profile' | 'include') => void

const OWN_DIRS = ['/etc/quietcore/profiles', '/usr/lib/quietcore/profiles']
const TUNED_DIRS = ['/etc/tuned/profiles', '/etc/tuned', '/usr/lib/tuned/profiles', '/usr/lib/tuned']
const FILES = ['profile.conf', 'tuned.conf']

/** A folder of profiles and the machine that has it. */
interface Shelf {
  root: Root
  dir: string
  isForeign(file: string): boolean
}

/** The library of a machine with the profiles of this program. */
export function openLibrary(root: Root, dirs?: readonly string[], look?: Look): FolderLibrary {
  return profileLibrary({ root, dirs, builtinDir: builtinProfilesDir(), look })
}

/**
 * Profiles in folders: `<dir>/<name>/profile.conf` or `<dir>/<name>/tuned.conf`. Quietcore's folders come before
 * TuneD's. The program's own profiles stand for /usr/lib/quietcore/profiles where this machine lacks that, and come
 * last under another root directory. A name with a '/' is the path of a profile's folder or file.
 */
export function profileLibrary({ root, dirs, builtinDir, look }: LibraryOptions): FolderLibrary {
  const shelves = dirs?.length ? dirs.map((dir) => givenShelf(root, dir)) : usualShelves(root, builtinDir)
  const foreignFirst = shelves.toSorted((a, b) => Number(isTuned(b)) - Number(isTuned(a)))
  // Under another root directory a file of this machine is none of that one's.
  const read: Read = (where, path, foreign) => {
    const source = readProfile(where, path, foreign)
    if (where.dir === root.dir) look?.(path, source?.text, 'profile')
    return source
  }
  const search = (name: string, skip: ReadonlySet<string>, foreign: boolean, by: Read) => {
    if (name.includes('/')) return findPath(root, name, skip, by)
    if (/^\.*$/.test(name)) return undefined
    return firstFile(foreign ? foreignFirst : shelves, name, skip, by)
  }
  const find: ProfileLibrary['find'] = (name, skip, includedBy) =>
    search(name, skip, includedBy?.foreign ?? false, read)
  const names = (): string[] => [
    ...new Set(
      shelves
        .flatMap((shelf) => shelf.root.list(shelf.dir))
        .filter((name) => search(name, new Set(), false, readProfile)),
    ),
  ]
  return {
    find,
    names,
    readInclude(path) {
      const text = root.readTextIfThere(path)
      look?.(path, text, 'include')
      return text
    },
    list: () =>
      names()
        .sort()
        .map((name) => listed(name, search(name, new Set(), false, readProfile)!)),
  }
}

function isTuned({ dir }: Shelf): boolean {
  return TUNED_DIRS.includes(dir)
}

function usualShelves(root: Root, builtinDir: string | undefined): Shelf[] {
  const own = OWN_DIRS.map((dir) => shelf(root, dir, false))
  const tuned = TUNED_DIRS.map((dir) => shelf(root, dir, true))
  if (builtinDir === undefined) return [...own, ...tuned]
  const builtin = shelf(openRoot('/'), builtinDir, false)
  if (!root.live) return [...own, ...tuned, builtin]
  const [etc, usr] = own
  return [etc!, root.exists(usr!.dir) ? usr! : builtin, ...tuned]
}

function shelf(root: Root, dir: string, foreign: boolean): Shelf {
  return { root, dir, isForeign: () => foreign }
}

/** TuneD's language in a folder that somebody names: `tuned.conf` is a foreign file there, `profile.conf` is not. */
function givenShelf(root: Root, dir: string): Shelf {
  const isForeign = (file: string): boolean =>
    TUNED_DIRS.includes(posix.normalize(dir)) || file === 'tuned.conf'
  return root.info(dir)?.kind === 'directory'
    ? { root, dir, isForeign }
    : { root: openRoot('/'), dir: posix.resolve(dir), isForeign }
}

function firstFile(
  shelves: readonly Shelf[],
  name: string,
  skip: ReadonlySet<string>,
  read: Read,
): ProfileSource | undefined {
  for (const { root, dir, isForeign } of shelves) {
    for (const file of FILES) {
      const path = posix.join(dir, name, file)
      const source = skip.has(path) ? undefined : read(root, path, isForeign(file))
      if (source) return source
    }
  }
  return undefined
}

/** A path is looked for on the machine, then where the command was typed. */
function findPath(
  root: Root,
  name: string,
  skip: ReadonlySet<string>,
  read: Read,
): ProfileSource | undefined {
  for (const [where, base] of [
    [root, posix.normalize(name)],
    [openRoot('/'), posix.resolve(name)],
  ] as const) {
    const isFile = where.info(base)?.kind === 'file'
    for (const path of isFile ? [base] : FILES.map((file) => posix.join(base, file))) {
      const foreign =
        TUNED_DIRS.some((dir) => path.startsWith(`${dir}/`)) || posix.basename(path) === 'tuned.conf'
      const source = skip.has(path) ? undefined : read(where, path, foreign)
      if (source) return source
    }
  }
  return undefined
}

type Read = typeof readProfile

function readProfile(root: Root, path: string, foreign: boolean): ProfileSource | undefined {
  if (root.info(path)?.kind !== 'file') return undefined
  const text = root.readTextIfThere(path)
  return text === undefined ? undefined : { path, dir: posix.dirname(path), text, foreign }
}

function listed(name: string, { path, text, foreign }: ProfileSource): ListedProfile {
  return { name, path, summary: summaryOf(text, path), foreign }
}

/** Empty for a file that cannot be parsed: `list` shows what is there, `show` says what is wrong. */
function summaryOf(text: string, path: string): string {
  try {
    const main = parseProfile(text, path).find(({ name }) => name === 'main')
    return (main?.options.get('summary')?.value ?? '').replaceAll('\n', ' ')
  } catch {
    return ''
  }
}
