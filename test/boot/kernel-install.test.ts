import { describe, expect, test } from 'vitest'
import { kernelInstall } from '../../src/boot/kernel-install.ts'
import { findLoader } from '../../src/boot/loaders.ts'
import { listTree } from '../support/tree.ts'
import { madeRoot, noChroot, text, withFixture, withShell } from './support/made-root.ts'
import { portsFor } from './support/ports.ts'

const ENTRY = '/efi/loader/entries/0f-6.12.1.conf'
const entry = (options: string) => `# Boot Loader Specification type#1 entry
title      Arch Linux
version    6.12.1
options    root=UUID=1 rw
options    quiet${options}
linux      /0f/6.12.1/linux
`

describe('systemd-boot', () => {
  test('gets the parameters on the last options line of each entry and in /etc/kernel/cmdline', async () => {
    const dir = madeRoot({ [ENTRY]: entry(''), '/etc/kernel/cmdline': 'root=UUID=1 rw\nquiet\n' })
    const ports = portsFor(dir)
    const before = listTree(dir, (path) => path.startsWith('/var'))
    expect(findLoader(ports.root)?.name).toBe('kernel-install')
    expect(await kernelInstall.write('isolcpus=2-3 quiet', ports)).toEqual([])
    expect([text(dir, ENTRY), text(dir, '/etc/kernel/cmdline')]).toEqual([
      entry(' isolcpus=2-3'),
      'root=UUID=1 rw\nquiet isolcpus=2-3\n',
    ])
    expect(kernelInstall.administrator(ports)).toEqual([
      { parameter: 'root=UUID=1', place: { file: ENTRY, line: 4 } },
      { parameter: 'rw', place: { file: ENTRY, line: 4 } },
      { parameter: 'quiet', place: { file: ENTRY, line: 5 } },
    ])
    await kernelInstall.clear(ports)
    expect(listTree(dir, (path) => path.startsWith('/var'))).toEqual(before)
  })

  test('is never given an /etc/kernel/cmdline of ours alone, which would lose root=', async () => {
    const dir = madeRoot({ [ENTRY]: entry('') })
    const ports = portsFor(dir)
    expect(await kernelInstall.write('nosmt', ports)).toEqual([
      'There is no /etc/kernel/cmdline: a kernel that is installed later takes its parameters from the running one.',
    ])
    expect(ports.root.exists('/etc/kernel/cmdline')).toBe(false)
  })

  test.skipIf(noChroot('sh'))('with unified images has each installed kernel built again', async () => {
    const dir = withShell(
      madeRoot({
        '/efi/EFI/Linux/6.12.1.efi': 'image of 6.12.1: root=UUID=1 rw\n',
        '/usr/lib/modules/6.12.1/vmlinuz': 'kernel',
        '/etc/kernel/cmdline': 'root=UUID=1 rw\n',
      }),
    )
    withFixture(dir, 'kernel-install')
    const ports = portsFor(dir)
    expect(findLoader(ports.root)?.name).toBe('kernel-install')
    await kernelInstall.write('nosmt', ports)
    expect(text(dir, '/efi/EFI/Linux/6.12.1.efi')).toBe('image of 6.12.1: root=UUID=1 rw nosmt\n')
    await kernelInstall.clear(ports)
    expect(text(dir, '/efi/EFI/Linux/6.12.1.efi')).toBe('image of 6.12.1: root=UUID=1 rw\n')
  })
})
