// The Debian package, by dpkg-deb alone: equal content gives equal bytes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesOf } from './tree.mjs'

const recipe = fileURLToPath(new URL('deb/', import.meta.url))
const SCRIPTS = ['postinst', 'prerm', 'postrm']

/** The version of package.json with the packaging's own number, which stands in the changelog. */
export function debVersion() {
  return /^quietcore \(([^)]+)\)/.exec(readFileSync(join(recipe, 'changelog'), 'utf8'))[1]
}

/** Writes the package `out` from a laid out tree, to which it adds DEBIAN/. */
export function makeDeb(tree, out, { date }) {
  const files = filesOf(tree)
  const control = join(tree, 'DEBIAN')
  mkdirSync(control)
  const regular = files.filter(({ kind }) => kind === 'f').map(({ path }) => path)
  const kib = execFileSync('du', ['-k', '-s', '--apparent-size', '--exclude=DEBIAN', tree], {
    encoding: 'utf8',
  })
  const text = readFileSync(join(recipe, 'control'), 'utf8')
  const put = (name, content, mode = 0o644) => {
    writeFileSync(join(control, name), content, { mode })
    utimesSync(join(control, name), date, date)
  }
  put('control', text.replace('@VERSION@', debVersion()).replace('@KIB@', kib.split('\t')[0]))
  put('conffiles', lines(regular.filter((path) => path.startsWith('/etc/'))))
  put(
    'md5sums',
    lines(
      regular
        .filter((path) => !path.startsWith('/etc/'))
        .map((path) => `${md5(join(tree, path))}  ${path.slice(1)}`),
    ),
  )
  for (const name of SCRIPTS) {
    cpSync(join(recipe, name), join(control, name))
    execFileSync('chmod', ['755', join(control, name)])
    utimesSync(join(control, name), date, date)
  }
  utimesSync(control, date, date)
  // xz splits its work by the number of threads, so that is fixed, too
  const how = ['--root-owner-group', '-Zxz', '-z3', '--threads-max=2']
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(date) }
  execFileSync('dpkg-deb', [...how, '--build', tree, out], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

function lines(list) {
  return list.map((line) => `${line}\n`).join('')
}

function md5(path) {
  return createHash('md5').update(readFileSync(path)).digest('hex')
}
