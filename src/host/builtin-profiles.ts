import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the package installs them; the last resort of the single executable, which has no folder of its own. */
const INSTALLED = '/usr/lib/quietcore/profiles'

/** The folder of the profiles that come with this program, on this machine: beside `src/` or beside `dist/`. */
export function builtinProfilesDir(): string | undefined {
  const beside = ['../../profiles', '../profiles'].flatMap((path) => {
    try {
      return [fileURLToPath(new URL(path, import.meta.url))]
    } catch {
      // inside a single executable there is no file URL
      return []
    }
  })
  return [...beside, INSTALLED].find((dir) => existsSync(dir))
}
