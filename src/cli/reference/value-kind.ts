/** What a shell can offer for a value. `text` is anything: a cpulist, a time, a limit. */
export type ValueKind = 'directory' | 'file' | 'profile' | 'suite' | 'run' | 'text'

const BY_NAME: Readonly<Record<string, ValueKind>> = {
  dir: 'directory',
  file: 'file',
  profile: 'profile',
  suite: 'suite',
  run: 'run',
  what: 'run',
}

/** The kind of a value by its name in the help, `<dir>`; an option of the same name as a kind wins: `--suite <name>`. */
export function valueKind(shown: string, flag = ''): ValueKind {
  return BY_NAME[flag.replace(/^--/, '')] ?? BY_NAME[shown.replace(/[^a-z]/g, '')] ?? 'text'
}

/** Where the names of a kind lie, as shell globs: the last part is the name, less `.conf`. */
export const NAMES_OF: Readonly<Partial<Record<ValueKind, readonly string[]>>> = {
  profile: [
    '/etc/quietcore/profiles/*/',
    '/usr/lib/quietcore/profiles/*/',
    '/etc/tuned/profiles/*/',
    '/usr/lib/tuned/profiles/*/',
  ],
  suite: ['/etc/quietcore/suites.d/*.conf', '/usr/lib/quietcore/suites/*.conf'],
  run: ['/var/lib/quietcore/runs/*/'],
}
