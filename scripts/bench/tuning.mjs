// Start-up, list, verify and profile switch beside Debian's TuneD (a daemon of its own on a private bus, with two
// profiles that change nothing), then the plan and verify of a made machine with 256 CPUs, 2,000 IRQs, 20,000 tasks.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { printTable, timeAll } from './measure.mjs'

const quietcore = (...args) => [process.execPath, 'dist/quietcore.js', ...args]
const work = mkdtempSync(join(tmpdir(), 'quietcore-bench-'))
try {
  const { makeHost } = await bundled('test/support/host-machine.ts')
  beside(makeHost)
  large(makeHost)
} finally {
  rmSync(work, { recursive: true, force: true })
}

function beside(makeHost) {
  const machine = makeHost(join(work, 'small'))
  for (const name of ['bench-a', 'bench-b']) {
    const dir = join(machine, 'etc/tuned', name)
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'tuned.conf'), '[main]\nsummary=Changes nothing\n')
  }
  spawnSync(process.execPath, quietcore('apply', 'bench-a', '--root', machine).slice(1))
  const daemon = startTuned()
  try {
    const pairs = [
      ['--version', quietcore('--version'), ['tuned-adm', '--version']],
      ['list', quietcore('list', '--root', machine), ['tuned-adm', 'list', 'profiles']],
      ['verify', quietcore('verify', '--root', machine), ['tuned-adm', 'verify']],
    ]
    for (const [name, ours, theirs] of pairs) {
      compare(
        name,
        timeAll(
          [
            { name: 'quietcore', argv: ours },
            { name: 'tuned-adm', argv: theirs },
          ],
          { env: daemon.env },
        ),
      )
    }
    compare(
      'profile switch',
      timeAll(
        [
          {
            name: 'quietcore',
            argv: quietcore('apply', 'bench-b', '--root', machine),
            between: () =>
              spawnSync(process.execPath, quietcore('apply', 'bench-a', '--root', machine).slice(1)),
          },
          {
            name: 'tuned-adm',
            argv: ['tuned-adm', 'profile', 'bench-b'],
            between: () =>
              spawnSync('tuned-adm', ['profile', 'bench-a'], { env: { ...process.env, ...daemon.env } }),
          },
        ],
        { env: daemon.env, runs: 5 },
      ),
    )
  } finally {
    daemon.stop()
  }
}

function compare(name, [ours, theirs]) {
  printTable(name, [ours, theirs])
  console.log(`  ratio of wall time, quietcore to tuned-adm: ${(ours.wallMs / theirs.wallMs).toFixed(2)}`)
}

/** TuneD's daemon with no-op profiles on a bus of its own; its state folders lie in a private mount namespace. */
function startTuned() {
  const socket = `unix:path=${join(work, 'bus')}`
  const config = join(work, 'bus.conf')
  writeFileSync(
    config,
    `<busconfig><type>system</type><listen>${socket}</listen><auth>EXTERNAL</auth><policy context="default"><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>`,
  )
  const state = join(work, 'etc-tuned')
  mkdirSync(state)
  spawnSync('cp', ['-a', '/etc/tuned/.', state])
  for (const name of ['bench-a', 'bench-b']) {
    mkdirSync(join(state, name))
    writeFileSync(join(state, name, 'tuned.conf'), '[main]\nsummary=Changes nothing\n')
  }
  const bus = spawn('dbus-daemon', ['--nofork', `--config-file=${config}`], { stdio: 'ignore' })
  const env = { DBUS_SYSTEM_BUS_ADDRESS: socket }
  spawnSync('sleep', ['0.5'])
  const script =
    'mount --bind "$1" /etc/tuned && exec /usr/sbin/tuned --profile bench-a --log "$2" --pid "$3"'
  const tuned = spawn(
    'unshare',
    ['-m', 'sh', '-c', script, 'sh', state, join(work, 'tuned.log'), join(work, 'tuned.pid')],
    {
      stdio: 'ignore',
      env: { ...process.env, ...env },
    },
  )
  for (let i = 0; i < 60; i++) {
    if (
      spawnSync('tuned-adm', ['active'], {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      }).stdout.includes('bench-a')
    )
      break
    spawnSync('sleep', ['0.25'])
  }
  return {
    env,
    stop() {
      tuned.kill()
      spawnSync('sleep', ['1'])
      bus.kill()
    },
  }
}

function large(makeHost) {
  const machine = makeHost(join(work, 'large'), {
    cpus: 256,
    nodes: 4,
    threadsPerCore: 2,
    irqs: 1990,
    userTasks: 18_700,
  })
  const args = ['realtime-virtual-host', '--isolated-cores', 'auto', '--root', machine]
  const rows = timeAll(
    [
      { name: 'plan', argv: quietcore('plan', ...args) },
      { name: 'verify', argv: quietcore('verify', ...args) },
      { name: 'plan --json', argv: quietcore('plan', ...args, '--json') },
    ],
    { runs: 5 },
  )
  printTable('256 CPUs, 2,000 IRQs, 20,000 tasks (wanted: plan under 1,000 ms and 150 MB)', rows)
}

async function bundled(entry) {
  const outfile = join(work, 'bundle.mjs')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  })
  return import(outfile)
}
