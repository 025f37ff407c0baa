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
