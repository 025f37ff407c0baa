import { posix } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { parseSuite } from '../../core/suite/parse-suite.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { builtinProfilesDir } from '../../host/builtin-profiles.ts'
import type { Root } from '../../host/ports.ts'
import { openRoot } from '../../host/root.ts'

const OWN_DIRS = ['/etc/quietcore/suites.d', '/usr/lib/quietcore/suites']

/** Finds suites on the machine, then those that come with the program; what the administrator wrote comes first. */
export interface SuiteLibrary {
  /** @throws InputError `unknown-suite` with the names there are; and all that parseSuite throws */
  load(name: string): Suite
  names(): string[]
}

export function openSuites(root: Root, builtinDir = builtinSuitesDir()): SuiteLibrary {
  const shelves = OWN_DIRS.map((dir) => ({ root, dir }))
  if (builtinDir !== undefined) shelves.push({ root: openRoot('/'), dir: builtinDir })
  const names = () => {
    const files = shelves.flatMap(({ root: where, dir }) => where.list(dir))
    return [
      ...new Set(files.filter((file) => file.endsWith('.conf')).map((file) => file.slice(0, -5))),
    ].sort()
  }
  return {
    names,
    load(name) {
      const paths = name.includes('/')
        ? [{ root: openRoot('/'), path: posix.resolve(name) }]
        : shelves.map(({ root: where, dir }) => ({ root: where, path: `${dir}/${name}.conf` }))
      for (const { root: where, path } of paths) {
        const text = where.readTextIfThere(path)
        if (text !== undefined) return parseSuite(path, text)
      }
      throw new InputError({
        code: 'unknown-suite',
        message: `there is no suite '${name}'`,
        next: `Choose one of ${names().join(', ')}, give the path of a suite file, or write ${OWN_DIRS[0]}/${name}.conf.`,
      })
    },
  }
}

/** Beside the profiles that come with the program. */
function builtinSuitesDir(): string | undefined {
  const profiles = builtinProfilesDir()
  return profiles === undefined ? undefined : posix.join(posix.dirname(profiles), 'suites')
}
