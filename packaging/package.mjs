// Makes the executable, the .deb and the .rpm. Usage: package.mjs OUT [executable|deb|rpm ...]
// SOURCE_DATE_EPOCH decides the time of every file in them; without it, the last commit's.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { debVersion, makeDeb } from './deb.mjs'
import { makeExecutable } from './executable.mjs'
import { makeRpm } from './rpm.mjs'
import { installRuntime } from './runtime.mjs'
import { layOut } from './tree.mjs'

const top = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))

const [outDir = 'out', ...wanted] = process.argv.slice(2)
const wants = (what) => wanted.length === 0 || wanted.includes(what)
const out = resolve(outDir)
const work = join(out, 'work')
const date = sourceDate()
mkdirSync(work, { recursive: true })

if (debVersion().replace(/-[^-]*$/, '') !== version)
  fail(
    `packaging/deb/changelog is of ${debVersion()}, package.json of ${version}: add an entry to the changelog.`,
  )
if (process.arch !== 'x64' || process.platform !== 'linux')
  fail(`Packages are made on Linux on x86_64 only; this is ${process.platform} on ${process.arch}.`)

installRuntime()
const executable = join(out, 'quietcore')
await makeExecutable(executable, join(work, 'executable'))
made(executable)
if (wants('deb') || wants('rpm')) {
  const reference = await writeReference()
  if (wants('deb')) {
    const tree = join(work, 'deb')
    layOut(tree, { family: 'deb', executable, reference, date })
    const deb = join(out, `quietcore_${debVersion()}_amd64.deb`)
    makeDeb(tree, deb, { date })
    made(deb)
  }
  if (wants('rpm')) {
    const tree = join(work, 'rpm')
    layOut(tree, { family: 'rpm', executable, reference, date })
    const rpm = join(out, `quietcore-${version}-1.x86_64.rpm`)
    makeRpm(tree, rpm, { version, date, work: join(work, 'rpmbuild') })
    made(rpm)
  }
}
rmSync(work, { recursive: true, force: true })

/** Man pages and completion, from the commands themselves. */
async function writeReference() {
  const script = join(work, 'reference.mjs')
  await build({
    absWorkingDir: top,
    entryPoints: ['packaging/reference.ts'],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  const folder = join(work, 'reference')
  const day = new Date(date * 1000).toISOString().slice(0, 10)
  execFileSync(process.execPath, [script, folder, version, day], { stdio: 'inherit' })
  return folder
}

function sourceDate() {
  const given = process.env.SOURCE_DATE_EPOCH
  if (given !== undefined) return Number(given)
  try {
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: top, encoding: 'utf8' }))
  } catch {
    return Math.floor(Date.now() / 1000)
  }
}

function made(path) {
  console.log(`${path} ${(statSync(path).size / 2 ** 20).toFixed(1)} MiB`)
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
