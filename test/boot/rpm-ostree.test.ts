import { describe, expect, test } from 'vitest'
import { findLoader } from '../../src/boot/loaders.ts'
import { rpmOstree } from '../../src/boot/rpm-ostree.ts'
import { madeRoot, noChroot, put, text, withFixture, withShell } from './support/made-root.ts'
import { portsFor } from './support/ports.ts'

const KARGS = '/ostree/next-deployment-kargs'
const OWN = 'root=UUID=1 rw ostree=/ostree/boot.0/fcos/1/0 isolcpus=1 nohz=on'

// rpm-ostree is not in Debian: test/fixtures/bin/rpm-ostree stands for it.
describe.skipIf(noChroot('sh'))('an rpm-ostree machine', () => {
  const machine = () => {
    const dir = withShell(
      madeRoot({
        [KARGS]: `${OWN}\n`,
        '/run/ostree-booted': '',
        '/var/log/rpm-ostree.log': '',
        '/boot/loader/entries/ostree-1.conf': `options ${OWN}\n`,
        '/etc/default/grub': '',
      }),
    )
    withFixture(dir, 'rpm-ostree')
    return dir
  }

  test('gets our parameters in one new deployment, without those that are there', async () => {
    const dir = machine()
    const ports = portsFor(dir)
    expect(findLoader(ports.root)?.name).toBe('rpm-ostree')
    await rpmOstree.write('isolcpus=2-3 nohz=on nosmt', ports)
    expect(text(dir, KARGS)).toBe(`${OWN} isolcpus=2-3 nosmt\n`)
    expect(rpmOstree.ours(ports)).toBe('isolcpus=2-3 nohz=on nosmt')
    expect(rpmOstree.administrator(ports)).toEqual(
      OWN.split(' ').map((parameter) => ({ parameter, place: { file: 'rpm-ostree kargs' } })),
    )
    await rpmOstree.write('isolcpus=2-5', ports)
    await rpmOstree.clear(ports)
    expect(text(dir, KARGS)).toBe(`${OWN}\n`)
    expect(text(dir, '/var/log/rpm-ostree.log')).toBe(`--append=isolcpus=2-3 --append=nosmt
--delete-if-present=isolcpus=2-3 --delete-if-present=nosmt --append=isolcpus=2-5
--delete-if-present=isolcpus=2-5
`)
    expect(rpmOstree.ours(ports)).toBeUndefined()
  })

  test('that is busy says so, and nothing of ours is remembered', async () => {
    const dir = machine()
    put(dir, '/run/ostree-busy', '')
    const ports = portsFor(dir)
    await expect(rpmOstree.write('nosmt', ports)).rejects.toMatchObject({
      code: 'rpm-ostree-failed',
      exitCode: 3,
      message: 'rpm-ostree kargs failed: error: Transaction in progress: upgrade',
    })
    expect(rpmOstree.ours(ports)).toBeUndefined()
    expect(text(dir, KARGS)).toBe(`${OWN}\n`)
  })
})

describe('an rpm-ostree tree whose program cannot run', () => {
  const ENTRY = '/boot/loader/entries/ostree-2-fcos.conf'
  const files = {
    '/run/ostree-booted': '',
    '/boot/loader/entries/ostree-1-fcos.conf': 'version 1\noptions rw ostree=/ostree/boot.0/fcos/0/0\n',
    [ENTRY]: `title Fedora CoreOS\nversion 2\noptions ${OWN}\n`,
    '/boot/grub2/grub.cfg': '',
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX=""\n',
    '/etc/default/grub.d/.keep': '',
  }
  const refusal = {
    code: 'rpm-ostree-cannot-run',
    exitCode: 3,
    message:
      'the kernel arguments of an ostree deployment are set by rpm-ostree, which cannot run here: apply on the booted machine, or set what `quietcore plan` shows by `ostree admin kargs edit-in-place` or in kargs.d of the image',
  }

  test.each([
    ['is not there', {}],
    ['has no shell to run in', { '/usr/bin/rpm-ostree': '#!/bin/sh\n' }],
  ])('because it %s is read from the entry that boots next, and not written', async (_why, more) => {
    const dir = madeRoot({ ...files })
    for (const [path, script] of Object.entries(more)) put(dir, path, script, 0o755)
    const ports = portsFor(dir)
    expect(findLoader(ports.root)?.name).toBe('rpm-ostree')
    expect(rpmOstree.administrator(ports)).toEqual(
      OWN.split(' ').map((parameter) => ({ parameter, place: { file: ENTRY, line: 3 } })),
    )
    expect(rpmOstree.ours(ports)).toBeUndefined()
    expect(rpmOstree.warnings?.(ports)).toEqual([
      {
        code: 'rpm-ostree-cannot-run',
        message: `rpm-ostree cannot run here and ${ENTRY} was read instead: the kernel arguments can be planned and not set`,
        place: { file: ENTRY },
      },
    ])
    await expect(rpmOstree.write('nosmt', ports)).rejects.toMatchObject(refusal)
    expect(text(dir, ENTRY)).toBe(files[ENTRY])
    await rpmOstree.write('isolcpus=1 nohz=on', ports)
    expect(rpmOstree.ours(ports)).toBe('isolcpus=1 nohz=on')
  })

  test('and has no entry either is a tree without kernel arguments', () => {
    const ports = portsFor(madeRoot({ '/ostree/repo/config': '' }))
    expect(findLoader(ports.root)?.name).toBe('rpm-ostree')
    expect(rpmOstree.administrator(ports)).toEqual([])
    expect(rpmOstree.warnings?.(ports)).toEqual([
      {
        code: 'rpm-ostree-cannot-run',
        message:
          'rpm-ostree cannot run here and there is no entry of a deployment either: the kernel arguments can be planned and not set',
      },
    ])
  })
})
