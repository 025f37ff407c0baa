import { describe, expect, test } from 'vitest'
import { findLoader } from '../../src/boot/loaders.ts'
import { madeRoot } from './support/made-root.ts'
import { portsFor } from './support/ports.ts'

describe('the boot loader of', () => {
  test.each([
    [
      'Debian and Ubuntu',
      'grub-drop-in',
      ['/etc/default/grub', '/usr/sbin/update-grub', '/boot/grub/grub.cfg'],
    ],
    [
      'an unpacked Ubuntu cloud image',
      'grub-drop-in',
      ['/etc/default/grub', '/etc/default/grub.d/50-cloud.cfg'],
    ],
    ['RHEL 7', 'grub-default', ['/etc/default/grub', '/boot/grub2/grub.cfg']],
    [
      'RHEL 9 and Fedora',
      'bls',
      ['/etc/default/grub', '/boot/grub2/grub.cfg', '/boot/loader/entries/a.conf'],
    ],
    [
      'Arch with GRUB',
      'grub-default',
      ['/etc/default/grub', '/boot/grub/grub.cfg', '/usr/bin/grub-mkconfig'],
    ],
    [
      'a machine with systemd-boot',
      'kernel-install',
      ['/boot/loader/entries/a.conf', '/boot/loader/loader.conf'],
    ],
    [
      'Fedora CoreOS',
      'rpm-ostree',
      ['/ostree/repo', '/usr/bin/rpm-ostree', '/boot/loader/entries/ostree-1.conf', '/boot/grub2/grub.cfg'],
    ],
    ['a container', undefined, ['/etc/passwd']],
  ])('%s is %s', (_machine, name, files) => {
    const dir = madeRoot(Object.fromEntries(files.map((path) => [path, ''])))
    expect(findLoader(portsFor(dir).root)?.name).toBe(name)
  })
})
