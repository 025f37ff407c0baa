import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { toRunJson } from '../../src/core/report/run-json.ts'
import { passingRun } from '../core/report/made-runs.ts'
import { type HostSpec, makeHost } from '../support/host-machine.ts'
import { quietcore } from '../support/quietcore.ts'
import { listTree } from '../support/tree.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })
const GOLDEN = '../golden/cli'

/** A made host with quietcore installed, gone after the test. */
function host(spec: HostSpec = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-cli-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  makeHost(dir, spec)
  cpSync('profiles', join(dir, 'usr/lib/quietcore/profiles'), { recursive: true })
  mkdirSync(join(dir, 'etc/quietcore'), { recursive: true })
  for (const name of readdirSync('profiles').filter((file) => file.endsWith('-variables.conf'))) {
    writeFileSync(join(dir, 'etc/quietcore', name), 'isolated_cores=2-3\nhugepages_1g=2\n')
  }
  mkdirSync(join(dir, 'var/lib/quietcore/runs'), { recursive: true })
  return dir
}

function json(schema: string, text: string) {
  const answer = JSON.parse(text)
  const valid = ajv.compile(JSON.parse(readFileSync(`docs/schema/${schema}.schema.json`, 'utf8')))
  expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
  return answer
}

describe('quietcore plan', () => {
  it('shows a whole profile against a whole machine and writes nothing', async () => {
    const root = host()
    const before = listTree(root)
    const { code, stdout, stderr } = quietcore('plan', 'realtime-virtual-host', '--root', root)
    expect([code, stderr]).toEqual([0, ''])
    await expect(stdout).toMatchFileSnapshot(`${GOLDEN}/plan-host.txt`)
    expect(listTree(root)).toEqual(before)
  })

  it('answers the same as JSON', async () => {
    const { code, stdout } = quietcore('plan', 'realtime-virtual-host', '--root', host(), '--json')
    expect(code).toBe(0)
    await expect(JSON.stringify(json('plan', stdout), null, 2)).toMatchFileSnapshot(
      `${GOLDEN}/plan-host.json`,
    )
  })

  it('shows a conflict with the administrator’s own command line with both origins', () => {
    const grub = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet isolcpus=1"\n'
    const root = host({ files: { '/etc/default/grub': grub } })
    const { code, stdout } = quietcore('plan', 'realtime-virtual-host', '--root', root, '--json')
    expect(code).toBe(0)
    const conflicts = json('plan', stdout).warnings.filter(
      (one: { code: string }) => one.code === 'cmdline-conflict',
    )
    expect(conflicts).toMatchInlineSnapshot(`
      [
        {
          "code": "cmdline-conflict",
          "message": "isolcpus is set twice: 'isolcpus=1' in /etc/default/grub:2 and 'isolcpus=managed_irq,domain,2-3' in /usr/lib/quietcore/profiles/realtime/profile.conf:39; the kernel keeps the first one, isolcpus=1: remove it to have the profile's",
          "place": {
            "file": "/etc/default/grub",
            "line": 2,
          },
        },
      ]
    `)
  })

  it('says before anything changes what is wrong with the CPUs', () => {
    const root = host({ cpus: 8, threadsPerCore: 2 })
    const { stdout } = quietcore('plan', 'realtime', '--isolated-cores', '0-2,6-7', '--root', root, '--json')
    expect(json('plan', stdout).warnings.map((one: { code: string }) => one.code)).toEqual(
      expect.arrayContaining(['cpu0-isolated', 'half-smt-pair']),
    )
  })
})

describe('the way of a machine', () => {
  it('is plan, apply, reboot, apply, verify, off, each with its exit code', async () => {
    const root = host()
    const before = listTree(root)
    const applied = quietcore('apply', 'realtime-virtual-host', '--root', root)
    expect(applied.code).toBe(0)
    await expect(applied.stdout).toMatchFileSnapshot(`${GOLDEN}/apply-host.txt`)
    const waiting = quietcore('verify', '--root', root)
    expect(waiting.code).toBe(4)
    await expect(waiting.stdout).toMatchFileSnapshot(`${GOLDEN}/verify-waiting.txt`)
    const status = quietcore('status', '--root', root, '--json')
    expect([status.code, json('status', status.stdout).rebootPending]).toEqual([4, true])

    reboot(root)
    expect(quietcore('status', '--root', root).code).toBe(1)
    expect(quietcore('apply', 'realtime-virtual-host', '--root', root).code).toBe(0)
    const verified = quietcore('verify', '--root', root, '--json')
    expect(
      json('plan', verified.stdout).settings.filter(
        ({ state }: { state: string }) => !['ok', 'unsupported'].includes(state),
      ),
    ).toEqual([])
    expect(verified.code).toBe(0)

    const again = quietcore('apply', 'realtime-virtual-host', '--root', root)
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining('is applied already; nothing was changed.'),
    ])
    const off = quietcore('off', '--root', root, '--json')
    expect([off.code, json('off', off.stdout).rebootNeeded]).toEqual([0, true])
    const after = listTree(root)
    for (const path of [
      '/proc/cmdline',
      '/sys/devices/system/cpu/isolated',
      '/sys/devices/system/cpu/nohz_full',
      '/proc/sys/kernel/random/boot_id',
    ]) {
      delete before[path]
      delete after[path]
    }
    expect(after).toEqual(before)
    expect(quietcore('off', '--root', root)).toEqual({
      code: 0,
      stdout: 'No profile is applied; nothing was changed.\n',
      stderr: '',
    })
  })

  it('goes on from what a crash left, and says so', () => {
    const root = host()
    const before = listTree(root)
    const journal = join(root, 'var/lib/quietcore/journal')
    quietcore('apply', 'latency', '--root', root)
    const tuned = listTree(root)
    quietcore('off', '--root', root)
    expect(listTree(root)).toEqual(before)
    expect(Object.keys(tuned)).toContain('/var/lib/quietcore/journal')
    expect(() => readFileSync(journal)).toThrow()
  })
})

describe('quietcore status', () => {
  it('shows the newest verdict of each suite, also without a profile', () => {
    const root = host()
    for (const [id, result] of [
      ['20261121T000000Z-smoke', 'fail'],
      ['20261122T000000Z-smoke', 'pass'],
    ] as const) {
      const run = passingRun()
      const folder = join(root, 'var/lib/quietcore/runs', id)
      mkdirSync(folder, { recursive: true })
      const text = JSON.stringify(toRunJson({ ...run, id, verdict: { ...run.verdict, result } }))
      writeFileSync(join(folder, 'run.json'), text)
    }
    expect(quietcore('status', '--root', root)).toEqual({
      code: 0,
      stdout: `Profile:  none applied
Verdict:  smoke pass (2026-11-22T00:00:00.000Z, 20261122T000000Z-smoke)
Service:  not running
`,
      stderr: '',
    })
    json('status', quietcore('status', '--root', root, '--json').stdout)
  })
})

describe('show, list, recommend', () => {
  it('show prints a profile merged and expanded', async () => {
    const { code, stdout } = quietcore('show', 'realtime-virtual-guest', '--root', host())
    expect(code).toBe(0)
    await expect(stdout).toMatchFileSnapshot(`${GOLDEN}/show-guest.txt`)
  })

  it('show, list, recommend answer by their schemas', () => {
    const root = host()
    json('show', quietcore('show', 'realtime-virtual-host', '--root', root, '--json').stdout)
    expect(
      json('list', quietcore('list', '--root', root, '--json').stdout).profiles.map(
        ({ name }: { name: string }) => name,
      ),
    ).toEqual(['cpu-partitioning', 'latency', 'realtime', 'realtime-virtual-guest', 'realtime-virtual-host'])
    expect(json('recommend', quietcore('recommend', '--root', root, '--json').stdout)).toMatchObject({
      profile: 'realtime-virtual-host',
      notes: [],
    })
  })
})

describe('bad input', () => {
  const bad: [string, string[], number, string][] = [
    ['no profile of that name', ['plan', 'realtime-virtual-hots'], 2, 'unknown-profile'],
    ['isolated_cores empty', ['apply', 'realtime', '--isolated-cores', ''], 2, 'no-isolated-cores'],
    ['isolated_cores out of range', ['apply', 'realtime', '--isolated-cores', '2,77'], 2, 'unknown-cpu'],
    ['isolated_cores offline', ['apply', 'realtime', '--isolated-cores', '3'], 2, 'offline-cpu'],
    ['all CPUs isolated', ['apply', 'realtime', '--isolated-cores', '0-2'], 2, 'all-cpus-isolated'],
    ['isolated_cores no list', ['apply', 'realtime', '--isolated-cores', '2-x'], 2, 'bad-cpulist'],
    ['verify without a profile', ['verify'], 2, 'no-active-profile'],
    ['an unknown option', ['plan', 'realtime', '--frob'], 2, 'usage'],
    ['a root that is not there', ['plan', 'realtime', '--root', '/no/such/root'], 3, 'no-such-root'],
  ]
  it.each(bad)('%s: named, with the exit code, and nothing changed', (_, args, code, errorCode) => {
    const root = host({ offline: '3' })
    const before = listTree(root)
    const place = args.includes('--root') ? [] : ['--root', root]
    const { code: got, stdout, stderr } = quietcore(...args, ...place, '--json')
    expect([got, json('error', stdout).error.code]).toEqual([code, errorCode])
    expect(stderr).toMatch(/^quietcore: .+\n/)
    expect(listTree(root)).toEqual(before)
  })

  const texts: [string, string, string][] = [
    ['an include loop', '[main]\ninclude=own\n', 'include-loop'],
    ['an unknown function', '[sysctl]\nvm.swappiness=${f:frob:1}\n', 'unknown-function'],
    ['an undefined variable', '[sysctl]\nvm.swappiness=${nothing}\n', 'undefined-variable'],
    ['an unknown section', '[frobnicate]\na=1\n', 'unknown-section'],
    ['a line without =', '[sysctl]\nvm.swappiness\n', 'bad-line'],
  ]
  it.each(texts)('%s in a profile: file and line, nothing changed', (_, text, errorCode) => {
    const root = host({ files: { '/etc/quietcore/profiles/own/profile.conf': text } })
    const before = listTree(root)
    const { code, stdout } = quietcore('apply', 'own', '--root', root, '--json')
    const { error } = json('error', stdout)
    expect([code, error.code, error.place?.file]).toEqual([
      2,
      errorCode,
      '/etc/quietcore/profiles/own/profile.conf',
    ])
    expect(error.place.line).toBeGreaterThan(0)
    expect(listTree(root)).toEqual(before)
  })

  it('no root: named before anything is tried', () => {
    const program = mkdtempSync(join(tmpdir(), 'quietcore-nobody-'))
    onTestFinished(() => rmSync(program, { recursive: true, force: true }))
    for (const part of ['dist', 'profiles']) cpSync(part, join(program, part), { recursive: true })
    spawnSync('chmod', ['-R', 'a+rX', program])
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(program, 'dist/quietcore.js'), 'apply', 'latency'],
      {
        encoding: 'utf8',
        cwd: '/',
        uid: 65534,
        gid: 65534,
      },
    )
    expect([status, stderr]).toEqual([
      3,
      'quietcore: `quietcore apply` changes this machine and needs root; it runs as user 65534\n  Run it with sudo or as root. Nothing was changed.\n',
    ])
  })

  it('a file that cannot be written undoes the whole apply', () => {
    const root = host({ files: { '/etc/default/grub.d': 'a file where a folder should be\n' } })
    const before = listTree(root)
    const { code, stdout } = quietcore('apply', 'realtime', '--root', root, '--json')
    expect([code, json('error', stdout).error.code]).toEqual([3, 'apply-failed'])
    expect(listTree(root)).toEqual(before)
  })
})

/** What a reboot makes of a made machine: the boot loader's line runs, the kernel's defaults are back. */
function reboot(root: string): void {
  const fresh = host()
  const wanted = JSON.parse(quietcore('plan', 'realtime-virtual-host', '--root', root, '--json').stdout)
    .cmdline.wanted
  for (const dir of ['proc', 'sys'])
    cpSync(join(fresh, dir), join(root, dir), { recursive: true, force: true })
  writeFileSync(join(root, 'proc/cmdline'), `BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro quiet ${wanted}\n`)
  writeFileSync(join(root, 'sys/devices/system/cpu/isolated'), '2-3\n')
  writeFileSync(join(root, 'sys/devices/system/cpu/nohz_full'), '2-3\n')
  writeFileSync(join(root, 'proc/sys/kernel/random/boot_id'), '00000000-0000-4000-8000-000000000002\n')
}
