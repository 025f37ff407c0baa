import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('../../..', import.meta.url))
const cache = join(top, '.cache/packaging')

/** Noon of 22 November 2026: equal in every test, so that equal sources give equal packages. */
export const DATE = 1_795_348_800

export interface Packages {
  dir: string
  executable: string
  deb: string
  rpm: string
}

/** Executable and packages of these very sources: built once, kept under .cache by the hash of all that is in them. */
export function builtPackages(): Packages {
  const dir = join(cache, sourceHash())
  mkdirSync(cache, { recursive: true })
  // another test file may want them at the same time; those of sources that are gone, 170 MB each, go after three hours
  const build =
    '[ -e "$1/done" ] || { find "${1%/*}" -mindepth 1 -maxdepth 1 -type d -mmin +180 -exec rm -r {} +; "$2" packaging/package.mjs "$1" >&2 && touch "$1/done"; }'
  execFileSync('flock', [join(cache, 'lock'), 'sh', '-c', build, 'sh', dir, process.execPath], {
    cwd: top,
    env: { ...process.env, SOURCE_DATE_EPOCH: String(DATE) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))
  return {
    dir,
    executable: join(dir, 'quietcore'),
    deb: join(dir, `quietcore_${version}-1_amd64.deb`),
    rpm: join(dir, `quietcore-${version}-1.x86_64.rpm`),
  }
}

/** A tar file of a small Debian 12: dpkg, coreutils and what quietcore depends on. Made once by mmdebstrap. */
export function debianTar(): string {
  const tar = join(cache, 'bookworm.tar')
  mkdirSync(cache, { recursive: true })
  const make =
    '[ -e "$1" ] || { mmdebstrap --variant=essential --include="$2" bookworm "$1.new.tar" >&2 && mv "$1.new.tar" "$1"; }'
  const { status, stderr } = spawnSync(
    'flock',
    [join(cache, 'lock-debian'), 'sh', '-c', make, 'sh', tar, 'kmod,libgcc-s1,libstdc++6'],
    { encoding: 'utf8' },
  )
  if (status !== 0 || !existsSync(tar)) throw new Error(`mmdebstrap made no Debian:\n${stderr}`)
  return tar
}

function sourceHash(): string {
  const hash = createHash('sha256')
  const files = ['src', 'profiles', 'suites', 'systemd', 'udev', 'packaging'].flatMap(filesUnder)
  for (const file of [...files, 'package-lock.json', 'package.json', 'README.md', 'LICENSE'].sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(top, file)))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

function filesUnder(dir: string): string[] {
  const args = ['-type', 'f', '-not', '-path', '*/node_modules/*']
  const { stdout } = spawnSync('find', [dir, ...args], { cwd: top, encoding: 'utf8' })
  return stdout.split('\n').filter((file) => file !== '')
}
