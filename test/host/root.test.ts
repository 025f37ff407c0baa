import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRoot } from '../../src/host/root.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-root-'))
  for (const folder of ['etc', 'boot/grub2', 'sys/cpu']) mkdirSync(join(dir, folder), { recursive: true })
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('a machine under a root directory', () => {
  it('follows links as that machine would, never out of the directory', () => {
    writeFileSync(join(dir, 'boot/grub2/grub.cfg'), 'menu\n')
    symlinkSync('../boot/grub2/grub.cfg', join(dir, 'etc/grub2.cfg'))
    symlinkSync('/etc/grub2.cfg', join(dir, 'etc/absolute'))
    symlinkSync('../../../../../../etc/passwd', join(dir, 'etc/climbs'))
    symlinkSync('/etc/turns', join(dir, 'etc/turns'))
    const root = openRoot(dir)
    expect(root.readText('/etc/absolute')).toBe('menu\n')
    expect(root.realPath('/etc/absolute')).toBe('/boot/grub2/grub.cfg')
    expect(root.readTextIfThere('/etc/climbs')).toBeUndefined()
    expect(root.readTextIfThere('/../../../etc/passwd')).toBeUndefined()
    expect(() => root.readText('/etc/turns')).toThrow('/etc/turns is a loop of symbolic links')
  })

  it('finds a folder where it is linked to now, however long it is open', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(dir, name))
      writeFileSync(join(dir, name, 'file'), name)
    }
    symlinkSync('/one', join(dir, 'etc/linked'))
    const root = openRoot(dir)
    expect(root.readText('/etc/linked/file')).toBe('one')
    rmSync(join(dir, 'etc/linked'))
    symlinkSync('/two', join(dir, 'etc/linked'))
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(root.readText('/etc/linked/file')).toBe('two')
  })

  it('has a boot file brought to its place on the disk before the old one is replaced, and after', () => {
    const menu = join(dir, 'boot/grub2/grub.cfg')
    writeFileSync(menu, 'old\n')
    const seen: string[] = []
    const look = (folder: string) => {
      const names = readdirSync(folder).map(
        (name) => `${name}: ${readFileSync(join(folder, name), 'utf8').trim()}`,
      )
      seen.push(`${folder.slice(dir.length)}: ${names.join(', ')}`)
    }
    const root = openRoot(dir, look)
    root.writeFile('/boot/grub2/grub.cfg', 'new\n')
    root.writeFile('/etc/other', 'no boot file\n')
    expect(seen).toEqual([
      '/boot/grub2: grub.cfg: old, grub.cfg.quietcore-new: new',
      '/boot/grub2: grub.cfg: new',
    ])
  })

  it('writes a file whole, keeps its mode and the link to it, and leaves nothing beside it', () => {
    writeFileSync(join(dir, 'boot/grub2/grub.cfg'), 'menu\n')
    chmodSync(join(dir, 'boot/grub2/grub.cfg'), 0o600)
    symlinkSync('../boot/grub2/grub.cfg', join(dir, 'etc/grub2.cfg'))
    const root = openRoot(dir)
    root.writeFile('/etc/grub2.cfg', 'new\n')
    root.writeFile('/etc/new/folder/file', 'x', 0o640)
    expect(lstatSync(join(dir, 'etc/grub2.cfg')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(dir, 'boot/grub2/grub.cfg'), 'utf8')).toBe('new\n')
    expect(statSync(join(dir, 'boot/grub2/grub.cfg')).mode & 0o7777).toBe(0o600)
    expect(statSync(join(dir, 'etc/new/folder/file')).mode & 0o7777).toBe(0o640)
    expect([readdirSync(join(dir, 'boot/grub2')), readdirSync(join(dir, 'etc/new/folder'))]).toEqual([
      ['grub.cfg'],
      ['file'],
    ])
  })

  it('writes a live file in place and creates none', () => {
    writeFileSync(join(dir, 'sys/cpu/online'), '0-3\n')
    const inode = statSync(join(dir, 'sys/cpu/online')).ino
    const root = openRoot(dir)
    root.writeLive('/sys/cpu/online', '1\n')
    expect([
      readFileSync(join(dir, 'sys/cpu/online'), 'utf8'),
      statSync(join(dir, 'sys/cpu/online')).ino,
    ]).toEqual(['1\n', inode])
    expect(() => root.writeLive('/sys/cpu/none', '1')).toThrow(
      'could not write /sys/cpu/none: ENOENT: no such file or directory',
    )
    expect(root.exists('/sys/cpu/none')).toBe(false)
  })

  it('lists what a pattern matches, cpu2 before cpu10', () => {
    for (const cpu of [0, 10, 2, 1]) mkdirSync(join(dir, `sys/cpu/cpu${cpu}`))
    writeFileSync(join(dir, 'sys/cpu/cpu2/online'), '1')
    writeFileSync(join(dir, 'sys/cpu/cpu10/online'), '1')
    const root = openRoot(dir)
    expect(root.glob('/sys/cpu/cpu[0-9]*')).toEqual([
      '/sys/cpu/cpu0',
      '/sys/cpu/cpu1',
      '/sys/cpu/cpu2',
      '/sys/cpu/cpu10',
    ])
    expect(root.glob('/sys/*/cpu*/online')).toEqual(['/sys/cpu/cpu2/online', '/sys/cpu/cpu10/online'])
    expect(root.glob('/sys/none*/x')).toEqual([])
  })

  it('names what could not be done and what to do next', () => {
    writeFileSync(join(dir, 'etc/file'), '')
    const root = openRoot(dir)
    expect(() => root.readText('/etc/none')).toThrow(
      expect.objectContaining({ code: 'io-enoent', exitCode: 3, place: { file: '/etc/none' } }),
    )
    expect(() => root.writeFile('/etc/file/below', '')).toThrow(expect.objectContaining({ exitCode: 3 }))
    expect(() => openRoot(join(dir, 'none'))).toThrow(expect.objectContaining({ code: 'no-such-root' }))
  })

  it('gives a name to one taker only', () => {
    const root = openRoot(dir)
    expect([root.createExclusive('/run/q/lock', 'a'), root.createExclusive('/run/q/lock', 'b')]).toEqual([
      true,
      false,
    ])
    expect([root.readText('/run/q/lock'), root.list('/run/q')]).toEqual(['a', ['lock']])
  })
})
