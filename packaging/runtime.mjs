// Node 24 LTS and postject, as packaging/runtime/package-lock.json pins them. They are not among the project's own
// devDependencies: npm would put that `node` before the one that the developer chose, and refuse other architectures.
import { execFileSync } from 'node:child_process'
import { existsSync, statSync, utimesSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dir = fileURLToPath(new URL('runtime', import.meta.url))

export function installRuntime() {
  const installed = `${dir}/node_modules/.package-lock.json`
  const lock = `${dir}/package-lock.json`
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  execFileSync('npm', ['ci', '--prefix', dir, '--loglevel=error'], { stdio: ['ignore', 'ignore', 'inherit'] })
  utimesSync(installed, new Date(), new Date())
}
