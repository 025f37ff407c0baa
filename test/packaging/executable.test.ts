import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { serviceMachine, startDaemon } from '../support/daemon.ts'
import { makeHost } from '../support/host-machine.ts'
import { turnOnThisMachine } from '../support/this-machine.ts'
import { emptyRoot } from './support/chroot.ts'
import { builtPackages } from './support/packages.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const OURS = ['cpu-partitioning', 'latency', 'realtime', 'realtime-virtual-guest', 'realtime-virtual-host']
const isRoot = process.getuid?.() === 0

let executable: string
let dir: string
beforeAll(() => {
  executable = builtPackages().executable
  dir = mkdtempSync(join(tmpdir(), 'quietcore-executable-'))
}, 600_000)
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe.skipIf(!isRoot)('the executable alone in an empty root directory (chroot needs root)', () => {
  let root: string
  beforeAll(() => {
    root = emptyRoot(executable)
    for (const name of ['profiles', 'suites'])
      cpSync(name, join(root, 'usr/lib/quietcore', name), { recursive: true })
    makeHost(join(root, 'machine'), { cpus: 8 })
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const run = (args: readonly string[], env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync('/usr/sbin/chroot', [root, '/usr/bin/quietcore', ...args], {
      encoding: 'utf8',
      env: { PATH: '/nowhere', ...env },
    })
    return { code: status, stdout, stderr }
  }

  test('says its version', () => {
    expect(run(['--version'])).toEqual({ code: 0, stdout: `quietcore ${version}\n`, stderr: '' })
  })

  test('takes no orders from NODE_OPTIONS', () => {
    expect(run(['--version'], { NODE_OPTIONS: '--no-such-option' })).toEqual({
      code: 0,
      stdout: `quietcore ${version}\n`,
      stderr: '',
    })
  })

  test('finds the profiles that the package puts beside it', () => {
    const { code, stdout } = run(['list', '--json'])
    expect([code, JSON.parse(stdout).profiles.map(({ name }: { name: string }) => name)]).toEqual([0, OURS])
  })

  test('plans as the program of a checkout does', () => {
    const args = ['plan', 'realtime-virtual-host', '--isolated-cores', '2-3', '--root']
    const checkout = spawnSync(process.execPath, ['dist/quietcore.js', ...args, join(root, 'machine')], {
      encoding: 'utf8',
    })
    const { code, stdout, stderr } = run([...args, '/machine'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: checkout.stderr })
    expect(stdout).toBe(
      checkout.stdout.replaceAll(join(process.cwd(), 'profiles'), '/usr/lib/quietcore/profiles'),
    )
    expect(stdout).toContain('isolcpus')
  })

  test('reads a result in text, judges it and writes XML', () => {
    const line = 'T: 0 ( 1234) P:95 I:1000 C:  10000 Min:      2 Act:    3 Avg:    3 Max:      9\n'
    writeFileSync(join(root, 'result.txt'), line)
    const { code, stdout, stderr } = run([
      'report',
      '/result.txt',
      '--format',
      'junit',
      '--threshold',
      'cyclictest.max=<5us',
    ])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain('<testsuite')
  })

  test('is a usage error without a command, as everywhere', () => {
    expect(run(['no-such-command']).code).toBe(2)
  })
})

test('measures with cyclictest, where nothing in PATH is Node', { timeout: 600_000 }, async () => {
  const bin = join(dir, 'bin')
  mkdirSync(bin)
  for (const tool of ['cyclictest', 'chrt', 'taskset']) {
    const path = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim()
    symlinkSync(path, join(bin, tool))
  }
  cpSync('suites', join(dir, 'suites'), { recursive: true })
  cpSync('profiles', join(dir, 'profiles'), { recursive: true })
  cpSync(executable, join(dir, 'quietcore'))
  const args = [
    'validate',
    'smoke',
    '--tool',
    'cyclictest',
    '--duration',
    '2s',
    '--cpus',
    '0',
    '--force',
    '--json',
  ]
  const letTheNextIn = await turnOnThisMachine()
  onTestFinished(letTheNextIn)
  const { status, stdout, stderr } = spawnSync(join(dir, 'quietcore'), args, {
    encoding: 'utf8',
    cwd: dir,
    env: { PATH: bin },
  })
  const folder = /The run is kept in (\/\S+)\.\n$/.exec(stderr)?.[1]
  if (folder) rmSync(folder, { recursive: true })
  expect([0, 1, 4], stderr).toContain(status)
  expect(folder).toMatch(/^\/var\/lib\/quietcore\/runs\/[^/]+-smoke$/)
  const answer = JSON.parse(stdout)
  expect(answer.tool ?? answer.measurements?.[0]?.tool).toBe('cyclictest')
})

test('serves, and does its work in processes of its own', async () => {
  const machine = serviceMachine()
  // by its name, as a terminal starts it: what it calls itself then is no file
  const daemon = await startDaemon(machine, {
    program: ['sh', '-c', 'exec quietcore "$@"', 'sh'],
    env: { PATH: `${dirname(executable)}:${process.env.PATH}` },
  })
  await daemon.readyTimes(1)
  expect(daemon.status()).toBe('quiet; verified, 2 settings as wanted')
  expect(machine.read('/proc/sys/vm/swappiness')).toBe('10\n')
  expect(await daemon.stop()).toBe(0)
})

test('profiles of a folder beside the executable come with it', () => {
  expect(readdirSync('profiles').filter((name) => !name.endsWith('.conf'))).toEqual(OURS)
  const { stdout } = spawnSync(join(dir, 'quietcore'), ['show', 'latency', '--json'], {
    encoding: 'utf8',
    cwd: '/',
  })
  expect(JSON.parse(stdout).name).toBe('latency')
})
