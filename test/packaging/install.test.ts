import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chroot, openChroot } from './support/chroot.ts'
import { builtPackages, debianTar, type Packages } from './support/packages.ts'

const SYSTEMD = `quietcore: systemd does not run here: settings of services and of systemd's CPU affinity, and scheduled
quietcore: runs, will not work. Planning, tuning of the rest, and measuring do.
`
const SWAPPINESS = 'proc/sys/vm/swappiness'

describe.skipIf(process.getuid?.() !== 0)('dpkg on a small Debian 12 (chroot needs root)', () => {
  let packages: Packages
  let debian: Chroot
  let deb: string
  let bare: string
  beforeAll(() => {
    packages = builtPackages()
    debian = openChroot(debianTar())
    deb = debian.bring(packages.deb)
    // one knob, as a plain file: nothing of the machine that tests can be reached from here
    put(SWAPPINESS, '60\n')
    put('proc/sys/kernel/random/boot_id', '7d6c2f0e-0000-4000-8000-000000000000\n')
    bare = debian.snapshot()
  }, 600_000)
  afterAll(() => debian?.remove())

  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(debian.dir, path)), { recursive: true })
    writeFileSync(join(debian.dir, path), text)
  }
  const swappiness = () => readFileSync(join(debian.dir, SWAPPINESS), 'utf8').trim()
  const tune = () => {
    put('etc/quietcore/profiles/calm/profile.conf', '[sysctl]\nvm.swappiness=10\n')
    const { status, stdout, stderr } = spawnSync(
      packages.executable,
      ['apply', 'calm', '--root', debian.dir],
      { encoding: 'utf8' },
    )
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' })
    expect(swappiness()).toBe('10')
  }

  test('installing says what will not work without systemd, and changes only its own files', () => {
    const { code, said } = debian.run('dpkg', '--install', deb)
    expect(code, said).toBe(0)
    expect(said).toContain(SYSTEMD)
    expect(said).not.toContain('does not run on this machine')
    const before = new Set(bare.split('\n'))
    const foreign = debian
      .snapshot()
      .split('\n')
      .filter((line) => !before.has(line) && !/quietcore/.test(line))
    // folders of other programs' completion, and dpkg's own book
    expect(foreign.map((line) => line.replace(/^\S+ +(\d+ \S+ )?/, '').trim()).sort()).toEqual([
      './usr/share/fish',
      './usr/share/fish/vendor_completions.d',
      './usr/share/zsh',
      './usr/share/zsh/vendor-completions',
      './var/lib/dpkg/status',
    ])
    expect(swappiness()).toBe('60')
    expect(existsSync(join(debian.dir, 'var/lib/quietcore'))).toBe(false)
  })

  test('the installed program finds its profiles', () => {
    const { code, said } = debian.run('quietcore', 'list', '--json')
    expect([code, JSON.parse(said).profiles[0].path]).toEqual([
      0,
      '/usr/lib/quietcore/profiles/cpu-partitioning/profile.conf',
    ])
  })

  test('an upgrade leaves the tuning, and what the administrator edited, as they are', () => {
    tune()
    put('etc/quietcore/realtime-variables.conf', 'isolated_cores=2-3\n')
    const { code, said } = debian.run('dpkg', '--install', deb)
    expect(code, said).toBe(0)
    expect(swappiness()).toBe('10')
    expect(readFileSync(join(debian.dir, 'etc/quietcore/realtime-variables.conf'), 'utf8')).toBe(
      'isolated_cores=2-3\n',
    )
  })

  test('a removal that cannot undo the tuning does not happen, and says how it could', () => {
    const journal = join(debian.dir, 'var/lib/quietcore/journal')
    const kept = readFileSync(journal)
    writeFileSync(journal, 'no journal\n')
    const { code, said } = debian.run('dpkg', '--remove', 'quietcore')
    expect(code, said).toBe(1)
    expect(said).toContain('give up the undo: QUIETCORE_KEEP_TUNING=1 dpkg --remove quietcore')
    expect(existsSync(join(debian.dir, 'usr/bin/quietcore'))).toBe(true)
    writeFileSync(journal, kept)
  })

  test('a removal undoes the tuning and keeps configuration', () => {
    const { code, said } = debian.run('dpkg', '--remove', 'quietcore')
    expect(code, said).toBe(0)
    expect(swappiness()).toBe('60')
    expect(existsSync(join(debian.dir, 'usr/bin/quietcore'))).toBe(false)
    expect(readdirSync(join(debian.dir, 'etc/quietcore'))).toContain('realtime-variables.conf')
  })

  test('a purge leaves the machine as it was, file by file', () => {
    put('var/lib/quietcore/runs/20261122T000000Z-smoke/run.json', '{}\n')
    const { code, said } = debian.run('dpkg', '--purge', 'quietcore')
    expect(code, said).toBe(0)
    expect(debian.snapshot()).toBe(bare)
  })

  test('on another architecture dpkg refuses it, and with force it says that no command will work', () => {
    const { code, said } = debian.run(
      'sh',
      '-c',
      `printf '#!/bin/sh\\nexit 8\\n' >/usr/local/bin/quietcore && chmod 755 /usr/local/bin/quietcore && PATH=/usr/local/bin:$PATH dpkg --install ${deb}`,
    )
    expect(code, said).toBe(0)
    expect(said).toContain(
      'quietcore: the program does not run on this machine (x86_64): it needs x86_64 and glibc 2.28',
    )
    expect(debian.run('dpkg-deb', '--field', deb, 'Architecture').said).toBe('amd64\n')
  })
})
