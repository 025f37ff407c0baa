import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { request } from '../daemon/control/client.ts'
import { makeHost } from '../support/host-machine.ts'
import { type Answer, quietcore } from '../support/quietcore.ts'
import { listTree } from '../support/tree.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })

function host(conf = '', files: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-with-service-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  makeHost(dir, { files })
  cpSync('profiles', join(dir, 'usr/lib/quietcore/profiles'), { recursive: true })
  mkdirSync(join(dir, 'etc/quietcore'), { recursive: true })
  for (const name of ['realtime', 'realtime-virtual-host'])
    writeFileSync(join(dir, `etc/quietcore/${name}-variables.conf`), 'isolated_cores=2-3\nhugepages_1g=2\n')
  writeFileSync(join(dir, 'etc/quietcore/quietcore.conf'), conf)
  mkdirSync(join(dir, 'var/lib/quietcore/runs'), { recursive: true })
  return dir
}

/** The service as a child, serving. */
async function service(dir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['dist/quietcore.js', 'daemon', '--root', dir], { stdio: 'ignore' })
  onTestFinished(() => stop(child, 'SIGKILL'))
  await expect.poll(() => phase(dir), { timeout: 60_000, interval: 100 }).toBe('serving')
  return child
}

async function phase(dir: string): Promise<string> {
  const socket = join(dir, 'run/quietcore/control.sock')
  if (!existsSync(socket)) return 'none'
  return request(socket, 'GET', '/v1/status').then(
    ({ text }) => JSON.parse(text).phase,
    () => 'none',
  )
}

function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill(signal)
  })
}

function start(...args: string[]): Promise<Answer> {
  const child = spawn(process.execPath, ['dist/quietcore.js', ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk
    })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })))
}

function valid(schema: string, text: string) {
  const check = ajv.compile(JSON.parse(readFileSync(`docs/schema/${schema}.schema.json`, 'utf8')))
  const answer = JSON.parse(text)
  expect(check(answer), JSON.stringify(check.errors)).toBe(true)
  return answer
}

/** What differs between two runs of the same commands: moments. */
const timeless = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')

const COMMANDS: string[][] = [
  ['apply', 'realtime-virtual-host'],
  ['apply', 'realtime-virtual-host', '--json'],
  ['verify'],
  ['verify', '--json'],
  ['apply', 'latency'],
  ['apply', 'no-such-profile'],
  ['apply', 'no-such-profile', '--json'],
  ['apply', 'realtime', '--isolated-cores', '2-77'],
  ['apply', 'realtime', '--isolated-cores', '3', '--json'],
  ['off', '--json'],
  ['off'],
]

describe('apply, verify and off', () => {
  it('say and answer the same through the service as alone, and leave the same machine', async () => {
    // Without C-states: of /dev/cpu_dma_latency both ways say something else, as only the service can hold it.
    const files = { '/sys/devices/system/cpu/cpuidle/current_driver': 'none\n' }
    const alone = host('', files)
    const without = COMMANDS.map((args) => quietcore(...args, '--root', alone))
    const withService = host('', files)
    await service(withService)
    const through = COMMANDS.map((args) => quietcore(...args, '--root', withService))
    for (const [index, args] of COMMANDS.entries()) {
      const [one, other] = [without[index]!, through[index]!]
      expect([args, other.code, timeless(other.stdout)]).toEqual([args, one.code, timeless(one.stdout)])
      // What the engine logs while it works is in the service's journal.
      if (one.code !== 0) expect([args, other.stderr]).toEqual([args, one.stderr])
    }
    const own = (path: string) => path.startsWith('/run') || path.startsWith('/var/lib/quietcore')
    expect(listTree(withService, own)).toEqual(listTree(alone, own))
  })

  it('never fight: of many at once each is done whole or told who is at work', async () => {
    const dir = host()
    const before = listTree(dir, (path) => path.startsWith('/run') || path.startsWith('/var'))
    await service(dir)
    const socket = join(dir, 'run/quietcore/control.sock')
    const profiles = ['latency', 'realtime', 'latency', 'realtime', 'latency', 'realtime']
    // Half of them knock at the service, half find a socket that is none and work alone.
    const orders = profiles.map((profile, index) =>
      index % 2 === 0
        ? request(socket, 'POST', '/v1/apply', JSON.stringify({ profile })).then(({ status }) => status)
        : start('apply', profile, '--root', dir).then(({ code }) => code),
    )
    const outcomes = await Promise.all(orders)
    for (const outcome of outcomes) expect([200, 409, 0, 3]).toContain(outcome)
    const status = quietcore('status', '--root', dir, '--json')
    const { profile, interrupted } = valid('status', status.stdout)
    expect(['latency', 'realtime']).toContain(profile)
    expect(interrupted).toBeNull()
    expect(quietcore('off', '--root', dir).code).toBe(0)
    expect(listTree(dir, (path) => path.startsWith('/run') || path.startsWith('/var'))).toEqual(before)
  })

  it('go on alone when the service was killed, and through it when it is there again', async () => {
    const dir = host()
    const child = await service(dir)
    expect(quietcore('apply', 'latency', '--root', dir).code).toBe(0)
    await stop(child, 'SIGKILL')
    expect(existsSync(join(dir, 'run/quietcore/control.sock'))).toBe(true)
    expect(quietcore('apply', 'latency', '--root', dir)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is applied already; nothing was changed.'),
    })
    expect(JSON.parse(quietcore('status', '--root', dir, '--json').stdout).service).toBeNull()
    await service(dir)
    expect(JSON.parse(quietcore('status', '--root', dir, '--json').stdout).service.phase).toBe('serving')
    expect(quietcore('off', '--root', dir).stdout).toMatch(/^Profile latency is off/)
  })

  it('say which profile quietcore.conf brings back', async () => {
    const dir = host('[service]\nprofile = latency\n')
    await service(dir)
    const note =
      'quietcore: /etc/quietcore/quietcore.conf:2 names latency, which comes back with the next start of quietcore.service.\n'
    expect(quietcore('apply', 'realtime', '--root', dir)).toMatchObject({ code: 0, stderr: note })
    expect(quietcore('apply', 'latency', '--root', dir)).toMatchObject({ code: 0, stderr: '' })
    expect(quietcore('off', '--root', dir)).toMatchObject({ code: 0, stderr: note })
  })
})

describe('quietcore status', () => {
  it('shows the service, what it verified, its problems and its plans', async () => {
    const dir = host('[service]\nprofile = latency\n')
    await service(dir)
    quietcore('verify', '--service', '--root', dir)
    writeFileSync(join(dir, 'proc/sys/vm/stat_interval'), '7\n')
    quietcore('verify', '--service', '--root', dir)
    writeFileSync(join(dir, 'etc/quietcore/quietcore.conf'), '[service]\nprofil = latency\n')
    await request(join(dir, 'run/quietcore/control.sock'), 'POST', '/v1/reload')
    const { code, stdout } = quietcore('status', '--root', dir)
    expect(code).toBe(1)
    await expect(
      timeless(stdout)
        .replace(/pid \d+/, 'pid PID')
        .replace(/\(\d+\.\d+\.\d+,/, '(VERSION,'),
    ).toMatchFileSnapshot('../golden/cli/status-service.txt')
    const answer = valid('status', quietcore('status', '--root', dir, '--json').stdout)
    expect(answer).toMatchObject({ profile: 'latency', verified: { state: 'differs' } })
    valid('service', (await request(join(dir, 'run/quietcore/control.sock'), 'GET', '/v1/status')).text)
  })

  it('says of a service that runs and is silent that it does not answer, and shows the rest', async () => {
    const dir = host()
    quietcore('apply', 'latency', '--root', dir)
    const child = await service(dir)
    child.kill('SIGSTOP')
    const { code, stdout } = quietcore('status', '--root', dir)
    child.kill('SIGCONT')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Profile: {2}latency /)
    expect(stdout).toContain('\nService:  does not answer; see `journalctl -u quietcore`\n')
  })

  it('says that there is none', () => {
    expect(quietcore('status', '--root', host())).toEqual({
      code: 0,
      stdout: 'Profile:  none applied\nService:  not running\n',
      stderr: '',
    })
  })
})

describe('quietcore verify --service', () => {
  it('has the service verify, keeps the result and answers as verify does', async () => {
    const dir = host('[service]\nprofile = latency\n')
    await service(dir)
    expect(
      valid('verified', quietcore('verify', '--service', '--json', '--root', dir).stdout).verified,
    ).toMatchObject({
      profile: 'latency',
      state: 'ok',
      drifted: [],
    })
    writeFileSync(join(dir, 'proc/sys/vm/stat_interval'), '7\n')
    const found = quietcore('verify', '--service', '--root', dir)
    expect(found.code).toBe(1)
    expect(found.stdout).toMatch(
      /^Profile latency\n\nSTATE +SETTING +HAVE +WANT\ndiffers +\/proc\/sys\/vm\/stat_interval +7 +10\n\n\d+ settings: /,
    )
    const kept = JSON.parse(readFileSync(join(dir, 'var/lib/quietcore/verified.json'), 'utf8'))
    expect(kept.state).toBe('differs')
  })

  it('mends what drifted where quietcore.conf says so', async () => {
    const dir = host('[service]\nprofile = latency\ndrift = mend\n')
    await service(dir)
    const file = join(dir, 'proc/sys/vm/stat_interval')
    const wanted = readFileSync(file, 'utf8')
    writeFileSync(file, '7\n')
    expect(quietcore('verify', '--service', '--root', dir).code).toBe(0)
    expect(readFileSync(file, 'utf8').trim()).toBe(wanted.trim())
  })

  it('without a service is an error that says so', () => {
    const { code, stdout } = quietcore('verify', '--service', '--json', '--root', host())
    expect([code, valid('error', stdout).error.code]).toEqual([3, 'no-service'])
    expect(quietcore('verify', 'latency', '--service', '--root', host()).code).toBe(2)
  })
})
