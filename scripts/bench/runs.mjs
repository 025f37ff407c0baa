// 1,000 run records (two tools, four CPUs each): read, listed, compared with the first, added up. Wanted: under 2 s.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const RUNS = 1000
const folder = mkdtempSync(join(tmpdir(), 'quietcore-bench-'))
try {
  const outfile = join(folder, 'runs.mjs')
  const top = fileURLToPath(new URL('../..', import.meta.url))
  const contents = ['aggregate-runs', 'compare-runs', 'run-json']
    .map((name) => `export * from './src/core/report/${name}.ts'`)
    .concat("export { passingRun } from './test/core/report/made-runs.ts'")
    .join('\n')
  await build({
    stdin: { contents, resolveDir: top },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  })
  const { aggregate, compareRuns, parseRunJson, passingRun, toRunJson } = await import(
    pathToFileURL(outfile).href
  )
  const text = JSON.stringify(toRunJson(passingRun()))
  const start = performance.now()
  const runs = Array.from({ length: RUNS }, (_, i) => parseRunJson(text, `${i}.json`))
  const read = performance.now()
  for (const run of runs) compareRuns(runs[0], run)
  const compared = performance.now()
  const samples = aggregate(runs).reduce((sum, one) => sum + one.samples, 0)
  const end = performance.now()
  console.log(`
${RUNS} run records of ${Math.round(text.length / 1000)} kB, two tools on four CPUs
  read     ${seconds(read - start)}
  compared ${seconds(compared - read)}
  added up ${seconds(end - compared)}  (${samples} samples)
  together ${seconds(end - start)}  wanted: under 2 s`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2).padStart(5)} s`
}
