import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allCommands, describeCommand } from '../../src/cli/reference/describe.ts'
import { wholeTree } from '../../src/cli/run-cli.ts'
import { builtPackages, DATE, type Packages } from './support/packages.ts'

let packages: Packages
let dir: string
beforeAll(() => {
  packages = builtPackages()
  dir = mkdtempSync(join(tmpdir(), 'quietcore-deb-'))
  execFileSync('dpkg-deb', ['--raw-extract', packages.deb, join(dir, 'tree')])
}, 600_000)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** `drwxr-xr-x root/root /usr/bin/`, without size and time. */
function contents(): string[] {
  const said = execFileSync('dpkg-deb', ['--contents', packages.deb], { encoding: 'utf8' })
  return said
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([mode, owner, , , , path]) => `${mode} ${owner} ${path!.slice(1)}`)
}

test('the package holds these files and no other, besides a page for each command', async () => {
  const page = /man1\/(quietcore-\S+)\.1\.gz$/
  const commands = allCommands(describeCommand(await wholeTree())).slice(1)
  const pages = contents().filter((line) => page.test(line))
  expect(pages.map((line) => page.exec(line)![1]).sort()).toEqual(
    commands.map(({ path }) => path.join('-')).sort(),
  )
  const others = contents().filter((line) => !page.test(line))
  await expect(`${others.join('\n')}\n`).toMatchFileSnapshot('../golden/packaging/deb-contents.txt')
})

test('all files of /etc are conffiles', () => {
  const files = contents().flatMap((line) => / (\/etc\/.*[^/])$/.exec(line)?.[1] ?? [])
  expect(readFileSync(join(dir, 'tree/DEBIAN/conffiles'), 'utf8').trim().split('\n')).toEqual(files)
})

test('the profiles and suites are those of the sources, byte for byte', () => {
  const same = (ours: string, theirs: string) =>
    spawnSync('diff', ['-r', '--exclude=*-variables.conf', ours, join(dir, 'tree', theirs)], {
      encoding: 'utf8',
    }).stdout
  expect(same('profiles', 'usr/lib/quietcore/profiles')).toBe('')
  expect(same('suites', 'usr/lib/quietcore/suites')).toBe('')
})

test('every file has the time of SOURCE_DATE_EPOCH', () => {
  const times = execFileSync('find', [join(dir, 'tree'), '-type', 'f', '-printf', '%T@\n'], {
    encoding: 'utf8',
  })
  expect(new Set(times.trim().split('\n').map(Number))).toEqual(new Set([DATE]))
})

test('the executable and the package come out the same, made a second time in another place', async () => {
  const again = join(dir, 'again')
  // Without types: these are scripts of the build.
  const { makeExecutable } = await import('../../packaging/executable.mjs' as string)
  const { makeDeb } = await import('../../packaging/deb.mjs' as string)
  await makeExecutable(again, join(dir, 'work'))
  expect(readFileSync(again).equals(readFileSync(packages.executable))).toBe(true)
  // An executable of two kilobytes: what is asked is whether packing repeats itself, not how long xz takes.
  const pack = (name: string) => {
    const tree = join(dir, name)
    cpSync(join(dir, 'tree'), tree, { recursive: true, preserveTimestamps: true })
    rmSync(join(tree, 'DEBIAN'), { recursive: true })
    copyFileSync('package.json', join(tree, 'usr/bin/quietcore'))
    execFileSync('touch', ['-d', `@${DATE}`, join(tree, 'usr/bin/quietcore'), tree, join(tree, 'usr/bin')])
    makeDeb(tree, `${tree}.deb`, { date: DATE })
    return readFileSync(`${tree}.deb`)
  }
  expect(pack('first').equals(pack('second'))).toBe(true)
})

test('lintian finds nothing, errors and warnings, that packaging/deb/lintian-overrides does not explain', () => {
  const { status, stdout } = spawnSync(
    'lintian',
    [
      '--allow-root',
      '--pedantic',
      '--display-info',
      '--fail-on',
      'error,warning,info,pedantic',
      packages.deb,
    ],
    { encoding: 'utf8' },
  )
  expect(stdout.split('\n').filter((line) => /^[EWIP]:/.test(line))).toEqual([
    'I: quietcore: binary-has-unneeded-section .comment [usr/bin/quietcore]',
  ])
  expect(status).toBe(2)
})
