import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'

/** The folder of the profiles that come with this program, on this machine. */
export function builtinProfilesDir(): string | undefined {
  const candidates = isSea() ? profilesOfExecutable(process.execPath) : profilesOfModule(import.meta.url)
  return candidates.find((dir) => existsSync(dir))
}

/** Where the single executable looks: beside it, under the prefix that it is installed in, then where a package puts them. */
export function profilesOfExecutable(executable: string): string[] {
  const dir = posix.dirname(executable)
  return [
    posix.join(dir, 'profiles'),
    posix.join(dir, '../lib/quietcore/profiles'),
    '/usr/lib/quietcore/profiles',
  ]
}

/** Beside `src/` or beside `dist/`. */
function profilesOfModule(url: string): string[] {
  return ['../../profiles', '../profiles'].map((path) => fileURLToPath(new URL(path, url)))
}
