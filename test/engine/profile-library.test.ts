import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { profileLibrary } from '../../src/engine/profile-library.ts'
import { openRoot } from '../../src/host/root.ts'

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'quietcore-library-'))
  mkdirSync(join(top, 'root'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

function lay(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(top, path)), { recursive: true })
    writeFileSync(join(top, path), `[main]\nsummary=from ${path}\n`)
  }
}
const root = () => openRoot(join(top, 'root'))

test('a name is looked for in our folders, then in TuneD’s, then among the built-in profiles', () => {
  const dirs = ['etc/quietcore/profiles', 'usr/lib/quietcore/profiles', 'etc/tuned/profiles', 'etc/tuned']
  const files = [...dirs, 'usr/lib/tuned/profiles', 'usr/lib/tuned'].map((dir) => `root/${dir}/x/tuned.conf`)
  lay(...files, 'root/etc/quietcore/profiles/x/profile.conf', 'builtin/x/profile.conf')
  const library = profileLibrary({ root: root(), builtinDir: join(top, 'builtin') })
  const read = new Set<string>()
  const seen: [string, boolean][] = []
  for (let source = library.find('x', read); source; source = library.find('x', read)) {
    read.add(source.path)
    seen.push([source.path, source.foreign])
  }
  expect(seen).toEqual([
    ['/etc/quietcore/profiles/x/profile.conf', false],
    ['/etc/quietcore/profiles/x/tuned.conf', false],
    ['/usr/lib/quietcore/profiles/x/tuned.conf', false],
    ['/etc/tuned/profiles/x/tuned.conf', true],
    ['/etc/tuned/x/tuned.conf', true],
    ['/usr/lib/tuned/profiles/x/tuned.conf', true],
    ['/usr/lib/tuned/x/tuned.conf', true],
    [`${top}/builtin/x/profile.conf`, false],
  ])
})

test('list names each profile once, with the file that counts', () => {
  lay('root/etc/tuned/b/tuned.conf', 'root/usr/lib/tuned/b/tuned.conf', 'builtin/a/profile.conf')
  lay('root/usr/lib/tuned/recommend.d/50.conf')
  mkdirSync(join(top, 'builtin/broken'))
  writeFileSync(join(top, 'builtin/broken/profile.conf'), 'no profile')
  const library = profileLibrary({ root: root(), builtinDir: join(top, 'builtin') })
  expect(library.list()).toEqual([
    {
      name: 'a',
      path: `${top}/builtin/a/profile.conf`,
      summary: 'from builtin/a/profile.conf',
      foreign: false,
    },
    {
      name: 'b',
      path: '/etc/tuned/b/tuned.conf',
      summary: 'from root/etc/tuned/b/tuned.conf',
      foreign: true,
    },
    { name: 'broken', path: `${top}/builtin/broken/profile.conf`, summary: '', foreign: false },
  ])
})

test('given folders replace all others, in the root or beside it', () => {
  lay('root/etc/quietcore/profiles/x/profile.conf', 'root/my/y/tuned.conf', 'outside/z/profile.conf')
  const library = profileLibrary({ root: root(), dirs: ['/my', join(top, 'outside')] })
  expect(library.list().map(({ path, foreign }) => [path, foreign])).toEqual([
    ['/my/y/tuned.conf', true],
    [`${top}/outside/z/profile.conf`, false],
  ])
})

test('a name with a slash is the path of a folder or a file', () => {
  lay('root/srv/p/profile.conf', 'outside/q/tuned.conf')
  const library = profileLibrary({ root: root() })
  const path = (name: string) => library.find(name, new Set())?.path
  expect(['/srv/p', '/srv/p/', '/srv/p/profile.conf', join(top, 'outside/q'), '/srv/none'].map(path)).toEqual(
    [
      '/srv/p/profile.conf',
      '/srv/p/profile.conf',
      '/srv/p/profile.conf',
      `${top}/outside/q/tuned.conf`,
      undefined,
    ],
  )
})

test('dots lead out of no folder, and include files are read from the machine', () => {
  lay('root/etc/quietcore/profile.conf', 'root/etc/quietcore/profiles/x/profile.conf', 'root/etc/v.conf')
  const library = profileLibrary({ root: root() })
  expect(['..', '.', ''].map((name) => library.find(name, new Set()))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(library.readInclude('/etc/v.conf')).toBe('[main]\nsummary=from root/etc/v.conf\n')
  expect(library.readInclude('/etc/none.conf')).toBeUndefined()
})

test('what TuneD’s profile includes is TuneD’s, and ours where TuneD has none of that name', () => {
  lay(
    'root/usr/lib/quietcore/profiles/realtime/profile.conf',
    'root/usr/lib/quietcore/profiles/latency/profile.conf',
    'root/usr/lib/tuned/realtime/tuned.conf',
    'root/etc/tuned/own/tuned.conf',
  )
  const library = profileLibrary({ root: root() })
  const own = library.find('own', new Set())!
  const included = (name: string, by = own) => library.find(name, new Set([own.path]), by)?.path
  expect([
    library.find('realtime', new Set())?.path,
    included('realtime'),
    included('latency'),
    included('realtime', { ...own, foreign: false }),
  ]).toEqual([
    '/usr/lib/quietcore/profiles/realtime/profile.conf',
    '/usr/lib/tuned/realtime/tuned.conf',
    '/usr/lib/quietcore/profiles/latency/profile.conf',
    '/usr/lib/quietcore/profiles/realtime/profile.conf',
  ])
})
