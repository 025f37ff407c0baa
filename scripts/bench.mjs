// `npm run bench`: prints figures, judges nothing. Installs what it compares with (Debian packages, as root).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('..', import.meta.url))
process.chdir(top)

for (const [command, ...args] of [
  ['scripts/install-packages', 'scripts/bench-packages.txt'],
  ['scripts/setup'],
]) {
  if (spawnSync(command, args, { stdio: 'inherit' }).status !== 0) process.exit(3)
}
const parts = [
  'scripts/bench/tuning.mjs',
  'scripts/bench/latency.mjs',
  'scripts/bench/runs.mjs',
  'scripts/bench/domain.mjs',
  'scripts/bench/nova.mjs',
].filter((part) => existsSync(part))
const wanted = process.argv.slice(2)
for (const part of parts.filter((one) => wanted.length === 0 || wanted.some((name) => one.includes(name)))) {
  spawnSync(process.execPath, [part], { stdio: 'inherit' })
}
