// The RPM package, by rpmbuild from the same tree.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesOf } from './tree.mjs'

const spec = fileURLToPath(new URL('rpm/quietcore.spec', import.meta.url))

/** Folders that belong to quietcore; all others belong to the system. */
const OWN = /^\/(etc|usr\/lib|usr\/share\/doc|usr\/share\/licenses)\/quietcore(\/|$)/

/** Writes the package `out`; `work` is a folder for rpmbuild. */
export function makeRpm(tree, out, { version, date, work }) {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const list = join(work, 'files')
  writeFileSync(list, `%defattr(-,root,root)\n${filesOf(tree).flatMap(fileLine).join('\n')}\n`)
  const given = { _topdir: work, version_: version, tree, file_list: list }
  const defines = Object.entries(given).flatMap(([name, value]) => ['--define', `${name} ${value}`])
  execFileSync('rpmbuild', ['-bb', '--quiet', '--target', 'x86_64', ...defines, spec], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(date) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  copyFileSync(join(work, 'RPMS/x86_64', `quietcore-${version}-1.x86_64.rpm`), out)
}

function fileLine({ kind, path }) {
  if (kind === 'd') return OWN.test(path) ? [`%dir ${path}`] : []
  if (path.startsWith('/etc/')) return [`%config(noreplace) ${path}`]
  if (path.startsWith('/usr/share/licenses/')) return [`%license ${path}`]
  return [path.startsWith('/usr/share/doc/') || path.startsWith('/usr/share/man/') ? `%doc ${path}` : path]
}
