import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

const SHELL = ['sh', 'bash', 'cat', 'sed', 'grep', 'rm', 'mv']
/** What grub-mkconfig and the scripts of /etc/grub.d call. */
const GRUB = [
  ...[
    'grub-mkconfig',
    'update-grub',
    'grub-script-check',
    'grub-editenv',
    'grub-file',
    'gettext',
    'dpkg',
    'mktemp',
  ],
  ...[
    'basename',
    'dirname',
    'uname',
    'awk',
    'chmod',
    'ls',
    'sort',
    'cut',
    'tr',
    'head',
    'tail',
    'test',
    'true',
  ],
  ...[
    'false',
    'expr',
    'find',
    'readlink',
    'id',
    'echo',
    'printf',
    'env',
    'mkdir',
    'stat',
    'which',
    'egrep',
    'fgrep',
  ],
]

/** The disk of the made machine: there is none, so the two programs that look at it have fixed answers. */
const GRUB_PROBE = `#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --target=device) answer=/dev/vda1 ;;
    --target=fs_uuid) answer=11111111-2222-3333-4444-555555555555 ;;
    --target=partuuid) answer=66666666-01 ;;
    --target=fs) answer=ext2 ;;
    --target=partmap) answer=msdos ;;
    --target=hints_string) answer=--hint-bios=hd0,msdos1 ;;
    --target=compatibility_hint | --target=bios_hints) answer=hd0,msdos1 ;;
  esac
done
[ -z "\${answer-}" ] || printf '%s\\n' "$answer"
`
const GRUB_MKRELPATH = `#!/bin/sh
for path in "$@"; do :; done
printf '%s\\n' "$path"
`

const made: string[] = []
afterAll(() => made.forEach((dir) => void rmSync(dir, { recursive: true, force: true })))

/** A new directory with these files; gone after the tests of the file. */
export function madeRoot(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-boot-'))
  made.push(dir)
  for (const [path, text] of Object.entries(files)) put(dir, path, text)
  return dir
}

export function put(dir: string, path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
  chmodSync(join(dir, path), mode)
}

export function text(dir: string, path: string): string {
  return readFileSync(join(dir, path), 'utf8')
}

/** A shell and the few programs that the executables of test/fixtures/bin call, inside the root. */
export function withShell(dir: string): string {
  return withPrograms(dir, SHELL)
}

/** An executable of test/fixtures/bin as a program of the made machine. */
export function withFixture(dir: string, name: string): void {
  put(
    dir,
    `/usr/bin/${name}`,
    readFileSync(new URL(`../../fixtures/bin/${name}`, import.meta.url), 'utf8'),
    0o755,
  )
}

/** Debian's real GRUB tools inside the root; only the two that look at a disk are replaced. */
export function withGrub(dir: string): string {
  withPrograms(dir, [...SHELL, ...GRUB])
  cpSync('/etc/grub.d', join(dir, 'etc/grub.d'), { recursive: true })
  // TuneD's own script, where its package is installed for other tests: not part of Debian's GRUB.
  rmSync(join(dir, 'etc/grub.d/00_tuned'), { force: true })
  mkdirSync(join(dir, 'usr/share'), { recursive: true })
  cpSync('/usr/share/grub', join(dir, 'usr/share/grub'), { recursive: true })
  for (const folder of ['dev', 'tmp']) mkdirSync(join(dir, folder), { recursive: true })
  put(dir, '/dev/null', '', 0o666)
  put(dir, '/usr/sbin/grub-probe', GRUB_PROBE, 0o755)
  put(dir, '/usr/bin/grub-mkrelpath', GRUB_MKRELPATH, 0o755)
  return dir
}

/** Why the real tools cannot run here; undefined when they can. */
export function noChroot(program: string): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for chroot'
  return where(program) === undefined ? `needs ${program} (scripts/test-packages.txt)` : undefined
}

function withPrograms(dir: string, names: readonly string[]): string {
  for (const name of names) {
    const program = where(name)
    if (program === undefined) throw new Error(`the test needs ${name}, see scripts/test-packages.txt`)
    copyInto(dir, program)
    const libraries = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout.match(/\/[^ \n]+/g) ?? []
    for (const library of libraries) if (library !== `${program}:`) copyInto(dir, library)
  }
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    const link = join(dir, folder)
    if (!existsSync(link)) execFileSync('ln', ['-s', `usr/${folder}`, link])
  }
  return dir
}

function copyInto(dir: string, path: string): void {
  const target = join(dir, path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'))
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(realpathSync(path), target)
}

function where(program: string): string | undefined {
  return ['/usr/bin', '/usr/sbin', '/bin', '/sbin']
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path))
}
