import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunResult } from '../../src/host/ports.ts'
import { diskFile } from '../../src/knobs/disk-file.ts'
import { asLive } from '../support/as-live.ts'
import { machineDir } from '../support/machine-dir.ts'
import { listTree } from '../support/tree.ts'

const PATH = '/etc/systemd/system/irqbalance.service.d/90-quietcore.conf'
const REF = { knob: 'disk-file', path: PATH } as const
const TEXT = '[Service]\nEnvironment=A=1\n'

it('a new drop-in goes with the folders that were made for it, and no others', () => {
  const { dir, ports, read } = machineDir({ '/etc/systemd/system.conf': '[Manager]\n' })
  const tree = listTree(dir)
  const before = diskFile.capture(REF, ports) as never
  expect(before).toEqual({
    base64: null,
    missingFolders: ['/etc/systemd/system/irqbalance.service.d', '/etc/systemd/system'],
  })
  const wrote = diskFile.write(REF, TEXT, ports) as never
  expect(read(PATH)).toBe(TEXT)
  expect(diskFile.read(REF, ports)).toEqual({ have: TEXT })
  expect(diskFile.restore(REF, before, wrote, ports)).toEqual({ outcome: 'restored' })
  expect(listTree(dir)).toEqual(tree)
})

it('a file that was there gets its bytes and its mode back', () => {
  const { dir, ports } = machineDir({ [PATH]: 'caf\xe9 without a line end' })
  chmodSync(join(dir, PATH), 0o600)
  const tree = listTree(dir)
  const before = diskFile.capture(REF, ports) as never
  const wrote = diskFile.write(REF, TEXT, ports) as never
  expect(statSync(join(dir, PATH)).mode & 0o777).toBe(0o600)
  expect(diskFile.restore(REF, before, wrote, ports)).toEqual({ outcome: 'restored' })
  expect(listTree(dir)).toEqual(tree)
})

it('a file that somebody edited since is left alone, and one that somebody took away is not made again', () => {
  const { ports, read, write } = machineDir({ [PATH]: 'before\n' })
  const before = diskFile.capture(REF, ports) as never
  const wrote = diskFile.write(REF, TEXT, ports) as never
  write(PATH, 'the administrator\n')
  expect(diskFile.restore(REF, before, wrote, ports)).toEqual({
    outcome: 'foreign',
    found: 'the administrator\n',
  })
  expect(read(PATH)).toBe('the administrator\n')
  ports.root.remove(PATH)
  expect(diskFile.restore(REF, before, wrote, ports)).toEqual({ outcome: 'foreign', found: 'no file' })
})

it('after a crash in the midst of writing, what was half made is cleared', () => {
  const { dir, ports, write } = machineDir({ '/etc/hostname': 'made\n' })
  const tree = listTree(dir)
  const before = diskFile.capture(REF, ports) as never
  write(`${PATH}.quietcore-new`, '[Serv')
  expect(diskFile.restore(REF, before, null, ports)).toEqual({ outcome: 'unchanged' })
  expect(listTree(dir)).toEqual(tree)
})

it('a file that a service reads at its start restarts that service where systemd runs, on write and on restore', () => {
  const { ports } = machineDir({ '/run/systemd/system/.keep': '' })
  const calls: string[] = []
  const runSync = (argv: readonly string[]): RunResult => {
    calls.push(argv.join(' '))
    return { argv, exitCode: 0, signal: null, stdout: '', stderr: '', timedOut: false, durationMs: 1 }
  }
  const live = asLive(ports, { runner: { ...ports.runner, find: () => '/usr/bin/systemctl', runSync } })
  const ref = { ...REF, restart: 'irqbalance.service' }
  const before = diskFile.capture(ref, live) as never
  const wrote = diskFile.write(ref, TEXT, live) as never
  diskFile.restore(ref, before, wrote, live)
  const both = ['systemctl daemon-reload', 'systemctl try-restart irqbalance.service']
  expect(calls).toEqual([...both, ...both])
})
