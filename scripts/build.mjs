// Bundles src/cli/main.ts into dist/ with code splitting: a command loads only what it needs, so that
// `quietcore --version` and `list` start as fast as Node itself allows.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { lazyChildProcess } from './lazy-child-process.mjs'

const top = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${top}package.json`, 'utf8'))

const { metafile } = await build({
  metafile: true,
  plugins: [lazyChildProcess],
  absWorkingDir: top,
  entryPoints: { quietcore: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  sourcemap: false,
  logLevel: 'warning',
  define: { QUIETCORE_VERSION: JSON.stringify(version) },
  banner: {
    // One require for the CommonJS libraries of all chunks: making one costs a millisecond each.
    js: "#!/usr/bin/env node\nimport { createRequire as quietcoreRequire } from 'node:module'; globalThis.require ??= quietcoreRequire(import.meta.url);",
  },
})

// Only now: a program that runs meanwhile still finds the chunks that it loads late.
const made = new Set(Object.keys(metafile.outputs).map((path) => path.replace(/^dist\//, '')))
for (const name of readdirSync(`${top}dist`))
  if (!made.has(name)) rmSync(`${top}dist/${name}`, { recursive: true })
