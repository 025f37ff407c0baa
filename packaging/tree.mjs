// Lays out what both packages install, as a tree of files with the modes and times that they will have.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { thirdPartyLicences } from './licences.mjs'

const top = fileURLToPath(new URL('..', import.meta.url))

/** Where the families differ. */
const FAMILY = {
  deb: { zsh: 'usr/share/zsh/vendor-completions', licence: undefined },
  rpm: { zsh: 'usr/share/zsh/site-functions', licence: 'usr/share/licenses/quietcore/LICENSE' },
}

/** `reference` is the folder that packaging/reference.ts wrote; `date` is in seconds since 1970. */
export function layOut(tree, { family, executable, reference, date }) {
  rmSync(tree, { recursive: true, force: true })
  const { zsh, licence } = FAMILY[family]
  const put = (from, to) => {
    mkdirSync(dirname(join(tree, to)), { recursive: true })
    cpSync(from, join(tree, to))
  }
  const write = (to, content) => {
    mkdirSync(dirname(join(tree, to)), { recursive: true })
    writeFileSync(join(tree, to), content)
  }
  put(executable, 'usr/bin/quietcore')
  for (const name of readdirSync(join(top, 'profiles'))) {
    const from = join(top, 'profiles', name)
    if (name.endsWith('.conf')) put(from, `etc/quietcore/${name}`)
    else cpSync(from, join(tree, 'usr/lib/quietcore/profiles', name), { recursive: true })
  }
  cpSync(join(top, 'suites'), join(tree, 'usr/lib/quietcore/suites'), { recursive: true })
  for (const name of ['profiles', 'suites.d'])
    mkdirSync(join(tree, 'etc/quietcore', name), { recursive: true })
  for (const from of systemFiles()) put(from.path, from.to)
  for (const page of readdirSync(join(reference, 'man')))
    write(`usr/share/man/man1/${page}.gz`, gzip(readFileSync(join(reference, 'man', page))))
  put(join(reference, 'quietcore.bash'), 'usr/share/bash-completion/completions/quietcore')
  put(join(reference, '_quietcore'), `${zsh}/_quietcore`)
  put(join(reference, 'quietcore.fish'), 'usr/share/fish/vendor_completions.d/quietcore.fish')
  put(join(top, 'README.md'), 'usr/share/doc/quietcore/README.md')
  write('usr/share/doc/quietcore/THIRD-PARTY.txt.gz', gzip(thirdPartyLicences()))
  if (licence) put(join(top, 'LICENSE'), licence)
  else {
    put(join(top, 'packaging/deb/copyright'), 'usr/share/doc/quietcore/copyright')
    write(
      'usr/share/doc/quietcore/changelog.Debian.gz',
      gzip(readFileSync(join(top, 'packaging/deb/changelog'))),
    )
    put(join(top, 'packaging/deb/lintian-overrides'), 'usr/share/lintian/overrides/quietcore')
  }
  settle(tree, date)
}

/** Units and udev rules, as soon as the program has some. */
function systemFiles() {
  const wanted = [
    ['systemd', /\.(service|timer|path|socket)$/, 'usr/lib/systemd/system'],
    ['systemd/modprobe.d', /\.conf$/, 'usr/lib/modprobe.d'],
    ['udev', /\.rules$/, 'usr/lib/udev/rules.d'],
  ]
  return wanted.flatMap(([dir, names, to]) =>
    existsSync(join(top, dir))
      ? readdirSync(join(top, dir))
          .filter((name) => names.test(name))
          .map((name) => ({ path: join(top, dir, name), to: `${to}/${name}` }))
      : [],
  )
}

/** zlib's header holds no name and no time, so equal text gives equal bytes. */
function gzip(text) {
  return gzipSync(text, { level: 9 })
}

/** Modes and times do not depend on who checked the sources out, and when. */
function settle(path, date) {
  const info = lstatSync(path)
  if (info.isDirectory()) for (const name of readdirSync(path)) settle(join(path, name), date)
  const runs = info.isDirectory() || basename(dirname(path)) === 'bin'
  chmodSync(path, runs ? 0o755 : 0o644)
  utimesSync(path, date, date)
}

/** Every file and folder of a tree, sorted, without the tree's own name. */
export function filesOf(tree) {
  const lines = execFileSync('find', [tree, '-mindepth', '1', '-printf', '%y /%P\\n'], { encoding: 'utf8' })
  return lines
    .trim()
    .split('\n')
    .map((line) => ({ kind: line[0], path: line.slice(2) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
