#!/usr/bin/env node
// How fast and how big: a 512-CPU, 10,000-row cyclictest histogram, 2 GB of the same as a stream, and numpy on the same
// file. Usage: node scripts/bench/latency.mjs [--stream-mb 2000] [--json].
// Wanted: 150 MB/s, under 200 MB, flat memory. Each figure is the best of some runs: the machine may be shared.
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const CPUS = 512
const ROWS = 10_000
const CHUNK_BYTES = 1 << 18
const RUNS = 5
const EVERY_CPU = -1
const NO_CPU = -2
const streamMb = Number(option('--stream-mb') ?? 2000)
const isChild = process.argv[2] === '--child'
const folder = isChild ? '' : mkdtempSync(join(tmpdir(), 'quietcore-bench-'))

if (isChild) await child(process.argv[3], process.argv[4])
else
  try {
    await main()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }

async function main() {
  const parser = join(folder, 'parser.mjs')
  const source = fileURLToPath(new URL('../../src/core/latency/parser.ts', import.meta.url))
  await build({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: parser,
    logLevel: 'error',
  })
  const table = join(folder, 'hist.txt')
  await write(table, ROWS, () => EVERY_CPU)
  const plain = best(Array.from({ length: RUNS }, () => measure(parser, table)))
  const numpyS = numpy(table)
  // as a real run: the far tail of a long table is zeros, with a single sample of one CPU here and there
  const long = join(folder, 'long.txt')
  const rowBytes = statSync(table).size / ROWS
  await write(long, Math.floor((streamMb * 1e6) / rowBytes), (row) =>
    row < 4000 ? EVERY_CPU : row % 97 === 0 ? row % CPUS : NO_CPU,
  )
  const streamed = measure(parser, long)
  const result = {
    table: { cpus: CPUS, rows: ROWS, ...plain },
    numpy: numpyS === null ? null : { seconds: numpyS, times: round(numpyS / plain.seconds) },
    stream: streamed,
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(result))
  else print(result)
}

/** A histogram as cyclictest before 2.7 prints it, with a true footer; counts differ by row and CPU. */
async function write(file, rows, filled) {
  const out = createWriteStream(file)
  const totals = new Array(CPUS).fill(0)
  const sums = new Array(CPUS).fill(0)
  const maxs = new Array(CPUS).fill(0)
  const put = (text) => (out.write(text) ? undefined : new Promise((done) => out.once('drain', done)))
  await put('# /dev/cpu_dma_latency set to 0us\n# Histogram\n')
  const empty = `${new Array(CPUS).fill('000000').join('\t')}\n`
  for (let row = 0; row < rows; row++) {
    const index = `${String(row).padStart(6, '0')} `
    const only = filled(row)
    if (only === NO_CPU) {
      await put(index + empty)
      continue
    }
    const counts = totals.map((_, cpu) => (only >= 0 ? Number(cpu === only) : everyCount(row, cpu)))
    counts.forEach((count, cpu) => {
      totals[cpu] += count
      sums[cpu] += count * row
      if (count > 0) maxs[cpu] = row
    })
    await put(`${index}${counts.map((count) => String(count).padStart(6, '0')).join('\t')}\n`)
  }
  const line = (name, values, width) =>
    `# ${name}: ${values.map((value) => String(value).padStart(width, '0')).join(' ')}\n`
  await put(
    line('Total', totals, 9) +
      line(
        'Min Latencies',
        totals.map(() => 0),
        5,
      ),
  )
  await put(
    line(
      'Avg Latencies',
      sums.map((sum, cpu) => Math.floor(sum / totals[cpu])),
      5,
    ),
  )
  await put(
    line('Max Latencies', maxs, 5) +
      line(
        'Histogram Overflows',
        totals.map(() => 0),
        5,
      ),
  )
  await put(
    `# Histogram Overflow at cycle number:\n${totals.map((_, cpu) => `# Thread ${cpu}:\n`).join('')}\n`,
  )
  await new Promise((done) => out.end(done))
}

/** A count of at least 1 that looks like none of its neighbours: a hot beginning, a thin tail. */
function everyCount(row, cpu) {
  const mixed = (Math.imul(row + 1, 2654435761) ^ Math.imul(cpu + 1, 40503 * 65537)) >>> 8
  return 1 + (mixed % (row < 40 ? 999983 : 97))
}

function best(runs) {
  return runs.reduce((a, b) => (b.seconds < a.seconds ? b : a))
}

function measure(parser, file) {
  const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--child', parser, file], {
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

async function child(parser, file) {
  const { createParser } = await import(pathToFileURL(parser).href)
  const before = process.cpuUsage()
  const start = process.hrtime.bigint()
  const reader = createParser()
  let rssBytes = 0
  let chunks = 0
  // one buffer again and again: chunks that the collector has to take away would be measured as memory
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  const fd = openSync(file)
  for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer)) {
    reader.write(buffer.subarray(0, bytes))
    if (chunks++ % 16 === 0) rssBytes = Math.max(rssBytes, process.memoryUsage.rss())
  }
  const { measurements } = reader.end()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const cpu = process.cpuUsage(before)
  const cpuSeconds = (cpu.user + cpu.system) / 1e6
  // not maxRSS: it begins with the memory of the process that started this one
  rssBytes = Math.max(rssBytes, process.memoryUsage.rss())
  const { size } = statSync(file)
  const [run] = measurements
  if (run.cpus.length !== CPUS || run.findings.some(({ trust }) => !trust))
    throw new Error(JSON.stringify(run.findings.slice(0, 3)))
  const answer = {
    mb: round(size / 1e6),
    seconds: round(seconds),
    mbPerSecond: round(size / 1e6 / seconds),
    mbPerCpuSecond: round(size / 1e6 / cpuSeconds),
    rssMb: round(rssBytes / 1e6),
  }
  console.log(JSON.stringify(answer))
}

/** Seconds that numpy.loadtxt needs for the rows of the same file; null without numpy. */
function numpy(file) {
  const code = `import sys,time
try:
    import numpy
except ImportError:
    sys.exit(3)
best=1e9
for _ in range(${RUNS}):
    t=time.time(); a=numpy.loadtxt(sys.argv[1]); best=min(best,time.time()-t)
    assert a.shape==(${ROWS},${CPUS + 1})
print(best)`
  const run = spawnSync('python3', ['-c', code, file], { encoding: 'utf8' })
  return run.status === 0 ? round(Number(run.stdout)) : null
}

function print({ table, numpy: rival, stream }) {
  console.log(
    `histogram ${table.cpus} CPUs x ${table.rows} rows, ${table.mb} MB: ${table.mbPerSecond} MB/s (${table.mbPerCpuSecond} a CPU second), ${table.rssMb} MB resident`,
  )
  console.log(
    rival
      ? `numpy.loadtxt: ${rival.seconds} s, quietcore ${table.seconds} s: ${rival.times} times as fast`
      : 'numpy.loadtxt: python3-numpy is not installed, not compared',
  )
  console.log(
    `stream of ${stream.mb} MB: ${stream.mbPerSecond} MB/s (${stream.mbPerCpuSecond} a CPU second), ${stream.rssMb} MB resident`,
  )
}

function option(name) {
  const at = process.argv.indexOf(name)
  return at === -1 ? undefined : process.argv[at + 1]
}

function round(value) {
  return Math.round(value * 1000) / 1000
}
