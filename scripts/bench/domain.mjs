#!/usr/bin/env node
// How fast: 200 domains audited from files (one process, its start included), and 200 running domains through virsh's
// test driver, each beside all others. Wanted: under 2 s. Usage: node scripts/bench/domain.mjs [--json].
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const DOMAINS = 200
const RUNS = 3
const folder = mkdtempSync(join(tmpdir(), 'quietcore-bench-'))
try {
  if (!existsSync('dist/quietcore.js'))
    spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  const fit = readFileSync('test/fixtures/domains/fit.xml', 'utf8').replace(/^<\?xml.*\?>\n/, '')
  const one = (number, type) =>
    fit
      .replace('<name>fit', `<name>guest-${number}`)
      .replace('0c0001', `${number}`.padStart(6, '0'))
      .replace("type='kvm'", `type='${type}'`)
      .replaceAll(/cpuset='(4-5,\^4|[4-7])'/g, (_, cpus) => `cpuset='${4 * number + (Number(cpus) || 5)}'`)
  const files = Array.from({ length: DOMAINS }, (_, number) => {
    const path = join(folder, `${number}.xml`)
    writeFileSync(path, one(number, 'kvm'))
    return path
  })
  // The test driver's own configuration: a node with domains that run (docs of libvirt, drvtest).
  const node = join(folder, 'node.xml')
  const domains = files.map((_, number) => one(number, 'test')).join('\n')
  writeFileSync(node, `<node>\n${domains}\n</node>\n`)
  const result = {
    domains: DOMAINS,
    filesSeconds: best(() => audit(files)),
    libvirtSeconds: best(() => audit(['--all', '--connect', `test://${node}`])),
    limitSeconds: 2,
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(result))
  else {
    console.log(`domain audit: ${DOMAINS} files            ${result.filesSeconds} s (wanted: under 2 s)`)
    console.log(`domain audit: ${DOMAINS} running by virsh ${result.libvirtSeconds} s (wanted: under 2 s)`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function audit(args) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/quietcore.js', 'domain', 'audit', ...args, '--json'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  const seconds = (performance.now() - started) / 1000
  const audited = [1, 4, 0].includes(status) ? JSON.parse(stdout).domains.length : 0
  if (audited !== DOMAINS) throw new Error(`audited ${audited} of ${DOMAINS} domains: ${stderr}`)
  return seconds
}

function best(act) {
  return Number(Math.min(...Array.from({ length: RUNS }, act)).toFixed(2))
}
