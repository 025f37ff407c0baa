// Ten flavors planned, applied and verified against a real Nova API on loopback, beside the openstack command line
// (wanted: under 2 s after authentication), and a nova.conf of 50,000 lines edited (wanted: under 100 ms).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

const work = mkdtempSync(join(tmpdir(), 'quietcore-bench-'))
const cloud = join(work, 'cloud')
try {
  const outfile = join(work, 'bundle.mjs')
  await build({
    stdin: {
      contents: `
        export { NovaApi } from './src/host/openstack/nova.ts'
        export { readCloud } from './src/host/openstack/read-cloud.ts'
        export { planFlavors } from './src/engine/nova/flavor-plan.ts'
        export { applyFlavors } from './src/engine/nova/flavor-apply.ts'
        export { verifyFlavors } from './src/engine/nova/flavor-verify.ts'
        export { editConf } from './src/core/nova/conf/edit.ts'
        export { takeApart } from './src/core/nova/conf/remember.ts'`,
      resolveDir: process.cwd(),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  const quietcore = await import(outfile)
  edit(quietcore)
  await flavors(quietcore)
} finally {
  spawnSync('scripts/openstack-down', [cloud])
  rmSync(work, { recursive: true, force: true })
}

function edit({ editConf, takeApart }) {
  const lines = Array.from({ length: 49_990 }, (_, n) =>
    n % 3 === 0
      ? `# Option ${n} of the sample file, with a sentence about it.`
      : n % 3 === 1
        ? `option_${n} = value ${n}`
        : '',
  )
  const text = [
    '[DEFAULT]',
    ...lines,
    '[compute]',
    'cpu_shared_set = 0',
    '[libvirt]',
    'virt_type = kvm',
    '',
  ].join('\n')
  const options = [
    {
      section: 'DEFAULT',
      key: 'reserved_huge_pages',
      values: ['node:0,size:1GB,count:1', 'node:1,size:1GB,count:1'],
    },
    { section: 'compute', key: 'cpu_dedicated_set', values: ['2-31'] },
    { section: 'compute', key: 'cpu_shared_set', values: ['0-1'] },
    { section: 'libvirt', key: 'cpu_mode', values: ['host-passthrough'] },
    { section: 'filter_scheduler', key: 'enabled_filters', values: ['NUMATopologyFilter'] },
  ]
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now()
    takeApart(text, 'nova.conf')
    editConf(text, options, 'nova.conf')
    return performance.now() - started
  })
  console.log(
    `nova.conf of 50,000 lines, remembered and edited: first ${times[0].toFixed(0)} ms, median ${median(times).toFixed(0)} ms`,
  )
}

async function flavors({ NovaApi, readCloud, planFlavors, applyFlavors, verifyFlavors }) {
  if (
    spawnSync('scripts/openstack-up', [cloud, '45357', '48774'], { stdio: ['ignore', 'ignore', 'inherit'] })
      .status !== 0
  ) {
    return
  }
  const env = { OS_CLIENT_CONFIG_FILE: join(cloud, 'clouds.yaml'), OS_CLOUD: 'rt' }
  const names = Array.from({ length: 10 }, (_, n) => `rt.${n}`)
  const request = {
    names,
    profile: 'realtime-virtual-guest',
    set: new Map(),
    inUse: false,
    create: { vcpus: 8, ramMb: 16384, diskGb: 0 },
  }
  const opened = performance.now()
  const api = await NovaApi.open(readCloud({}, env))
  const started = performance.now()
  await planFlavors(request, api)
  await applyFlavors(request, api)
  const { flavors: verified } = await verifyFlavors(request, api)
  const took = performance.now() - started
  const ok = verified.filter(({ state }) => state === 'ok').length
  console.log(
    `10 flavors planned, created, set and verified (${ok} ok): ${took.toFixed(0)} ms after ${(started - opened).toFixed(0)} ms of authentication`,
  )
  api.close()
  const one = performance.now()
  spawnSync('/usr/bin/openstack', ['flavor', 'show', 'rt.0'], { env: { PATH: '/usr/bin:/bin', ...env } })
  const each = performance.now() - one
  console.log(
    `openstack command line: ${each.toFixed(0)} ms a call; the same work is 40 calls, about ${((40 * each) / 1000).toFixed(0)} s`,
  )
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
