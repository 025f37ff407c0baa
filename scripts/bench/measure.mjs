// Times whole processes from outside, by /usr/bin/time: wall time, CPU time, peak memory.
import { spawnSync } from 'node:child_process'

/** Runs `argv` once unmeasured and `runs` times measured; medians. Commands are compared by interleaving their runs. */
export function timeAll(commands, { runs = 9, env = {} } = {}) {
  const samples = commands.map(() => [])
  for (let run = -1; run < runs; run++) {
    for (const [index, { argv, between }] of commands.entries()) {
      between?.()
      const sample = timeOnce(argv, env)
      if (run >= 0) samples[index].push(sample)
    }
  }
  return commands.map(({ name }, index) => ({ name, ...medians(samples[index]) }))
}

export function timeOnce(argv, env = {}) {
  const started = performance.now()
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '@%U %S %M', ...argv], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 30,
  })
  const wallMs = performance.now() - started
  const [user, system, rssKb] = stderr
    .slice(stderr.lastIndexOf('@') + 1)
    .trim()
    .split(' ')
    .map(Number)
  return { wallMs, cpuMs: (user + system) * 1000, rssMb: rssKb / 1024, status }
}

function medians(samples) {
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
  return {
    wallMs: median(samples.map(({ wallMs }) => wallMs)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    rssMb: median(samples.map(({ rssMb }) => rssMb)),
    status: samples.at(-1)?.status,
  }
}

export function printTable(title, rows) {
  console.log(`\n${title}`)
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const { name, wallMs, cpuMs, rssMb, status } of rows) {
    console.log(
      `  ${name.padEnd(width)}  wall ${wallMs.toFixed(0).padStart(6)} ms  cpu ${cpuMs.toFixed(0).padStart(6)} ms  ${rssMb.toFixed(0).padStart(5)} MB  exit ${status}`,
    )
  }
}
