import { execFileSync, spawnSync } from 'node:child_process'
import { beforeAll, expect, test } from 'vitest'
import { builtPackages, type Packages } from './support/packages.ts'

let packages: Packages
beforeAll(() => {
  packages = builtPackages()
}, 600_000)

function query(...args: string[]): string[] {
  return execFileSync('rpm', ['--query', '--package', packages.rpm, ...args], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

test('the .rpm holds what the .deb holds, but for what each family names differently', () => {
  const deb = execFileSync('dpkg-deb', ['--contents', packages.deb], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('-'))
    .map((line) => line.split(/\s+/)[5]!.slice(1))
  const rpm = query('--queryformat', '[%{FILEMODES:perms} %{FILENAMES}\n]')
    .filter((line) => line.startsWith('-'))
    .map((line) => line.split(' ')[1]!)
  expect(deb.filter((path) => !rpm.includes(path))).toEqual([
    '/usr/share/doc/quietcore/changelog.Debian.gz',
    '/usr/share/doc/quietcore/copyright',
    '/usr/share/lintian/overrides/quietcore',
    '/usr/share/zsh/vendor-completions/_quietcore',
  ])
  expect(rpm.filter((path) => !deb.includes(path))).toEqual([
    '/usr/share/licenses/quietcore/LICENSE',
    '/usr/share/zsh/site-functions/_quietcore',
  ])
})

test('what the administrator edits is kept on an upgrade', () => {
  const files = query('--configfiles')
  expect(files.every((path) => /^\/etc\/quietcore\/[a-z-]+-variables\.conf$/.test(path))).toBe(true)
  // RPMFILE_CONFIG and RPMFILE_NOREPLACE: rpm/rpmfiles.h
  const flags = query('--queryformat', '[%{FILEFLAGS:fflags} %{FILENAMES}\n]').filter((line) =>
    files.includes(line.split(' ')[1]!),
  )
  expect(flags.map((line) => line.split(' ')[0])).toEqual(files.map(() => 'cn'))
})

test('everything belongs to root', () => {
  expect(new Set(query('--queryformat', '[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]'))).toEqual(
    new Set(['root:root']),
  )
})

test('its last removal runs off, an upgrade does not', () => {
  expect(query('--scripts').join('\n')).toContain(
    'if [ "$1" = 0 ] && [ -z "${QUIETCORE_KEEP_TUNING:-}" ]; then\n  if ! quietcore off; then',
  )
})

test('rpmlint finds nothing that packaging/rpm/rpmlint.toml does not explain', () => {
  const { stdout } = spawnSync('rpmlint', ['--config', 'packaging/rpm/rpmlint.toml', packages.rpm], {
    encoding: 'utf8',
  })
  expect(stdout).toContain('0 errors, 0 warnings')
})
