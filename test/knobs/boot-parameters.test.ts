import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/core/plan/setting.ts'
import { bootParameters } from '../../src/knobs/boot-parameters.ts'
import { madeRoot, noChroot, put, text, withFixture, withShell } from '../boot/support/made-root.ts'
import { portsFor } from '../boot/support/ports.ts'
import { listTree } from '../support/tree.ts'

const SETTINGS = '/etc/default/grub'
const MENU = '/boot/grub/grub.cfg'
const DROP_IN = '/etc/default/grub.d/90-quietcore.cfg'
const ref = { knob: 'boot-parameters', loader: 'grub-drop-in' } as const

/** Makes a menu of the settings, as grub-mkconfig does; the real one is used in test/boot/grub-drop-in.test.ts. */
const MKCONFIG = `#!/bin/sh
. ${SETTINGS}
for x in /etc/default/grub.d/*.cfg; do [ ! -e "$x" ] || . "$x"; done
echo "linux /vmlinuz ro $GRUB_CMDLINE_LINUX_DEFAULT" >"$2"
cat /boot/kernels >>"$2"
`

function debian() {
  const dir = madeRoot({
    [SETTINGS]: 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n',
    [MENU]: 'linux /vmlinuz ro quiet\n',
    '/boot/kernels': '',
  })
  if (noChroot('sh') === undefined) {
    withShell(dir)
    put(dir, '/usr/sbin/grub-mkconfig', MKCONFIG, 0o755)
  }
  return { dir, ports: portsFor(dir), config: () => listTree(dir, (path) => !/^\/(etc|boot|var)/.test(path)) }
}

/** What the journal does between the two: it keeps the values as JSON. */
const kept = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json

describe.skipIf(noChroot('sh'))('kernel parameters on a Debian machine', () => {
  test('are written, read, and taken back byte for byte with the folder that was made for them', async () => {
    const { dir, ports, config } = debian()
    const before = config()
    const image = kept(await bootParameters.capture(ref, ports))
    expect(bootParameters.read(ref, ports)).toEqual({ have: '' })
    const wrote = kept(await bootParameters.write(ref, 'isolcpus=2-3 nosmt', ports))
    expect(bootParameters.read(ref, ports)).toEqual({ have: 'isolcpus=2-3 nosmt' })
    expect(text(dir, MENU)).toBe('linux /vmlinuz ro quiet isolcpus=2-3 nosmt\n')
    expect(await bootParameters.restore(ref, image, wrote, ports)).toEqual({ outcome: 'restored' })
    expect(config()).toEqual(before)
    expect(await bootParameters.restore(ref, image, wrote, ports)).toEqual({ outcome: 'unchanged' })
  })

  test('leave a menu that was generated again since, for a new kernel, without ours only', async () => {
    const { dir, ports } = debian()
    const image = kept(await bootParameters.capture(ref, ports))
    const wrote = kept(await bootParameters.write(ref, 'nosmt', ports))
    put(dir, '/boot/kernels', 'linux /vmlinuz-new ro quiet\n')
    put(dir, MENU, `${text(dir, MENU)}linux /vmlinuz-new ro quiet\n`)
    expect(await bootParameters.restore(ref, image, wrote, ports)).toEqual({
      outcome: 'restored',
      found: `changed by somebody else since, so only quietcore's parameters were taken out: ${MENU}`,
    })
    expect(text(dir, MENU)).toBe('linux /vmlinuz ro quiet\nlinux /vmlinuz-new ro quiet\n')
    expect(ports.root.exists(DROP_IN)).toBe(false)
  })

  test('that were cut off in the middle are put back whatever is there, drafts of the menu included', async () => {
    const { dir, ports, config } = debian()
    const before = config()
    const image = kept(await bootParameters.capture(ref, ports))
    put(dir, DROP_IN, 'half')
    put(dir, `${MENU}.quietcore.new`, 'half a menu')
    expect(await bootParameters.restore(ref, image, null, ports)).toEqual({ outcome: 'restored' })
    expect(config()).toEqual(before)
  })
})

describe('kernel parameters in boot loader entries', () => {
  const ENTRY = '/boot/loader/entries/a.conf'
  const bls = { knob: 'boot-parameters', loader: 'bls' } as const

  test('that the administrator edited since keep the edit and lose ours', async () => {
    const dir = madeRoot({
      [ENTRY]: 'linux /vmlinuz\noptions root=/dev/sda1 ro\n',
      '/boot/grub2/grub.cfg': '',
    })
    const ports = portsFor(dir)
    const image = kept(await bootParameters.capture(bls, ports))
    const wrote = kept(await bootParameters.write(bls, 'nosmt', ports))
    put(dir, ENTRY, 'linux /vmlinuz\noptions root=/dev/sda1 ro nosmt mitigations=off\n')
    expect(await bootParameters.restore(bls, image, wrote, ports)).toEqual({
      outcome: 'restored',
      found: `changed by somebody else since, so only quietcore's parameters were taken out: ${ENTRY}`,
    })
    expect(text(dir, ENTRY)).toBe('linux /vmlinuz\noptions root=/dev/sda1 ro mitigations=off\n')
    expect(ports.root.exists('/var/lib/quietcore/boot-parameters')).toBe(false)
    expect(ports.told).toEqual([
      'There is no /etc/kernel/cmdline: a kernel that is installed later takes its parameters from the running one.',
    ])
  })

  test.skipIf(noChroot('sh'))(
    'of an ostree machine, which has no files to put back, are taken back by its command',
    async () => {
      const dir = withShell(madeRoot({ '/ostree/next-deployment-kargs': 'ro\n', '/var/log/.keep': '' }))
      withFixture(dir, 'rpm-ostree')
      const ports = portsFor(dir)
      const ostree = { knob: 'boot-parameters', loader: 'rpm-ostree' } as const
      const image = kept(await bootParameters.capture(ostree, ports))
      const wrote = kept(await bootParameters.write(ostree, 'nosmt', ports))
      expect(text(dir, '/ostree/next-deployment-kargs')).toBe('ro nosmt\n')
      expect(await bootParameters.restore(ostree, image, wrote, ports)).toEqual({ outcome: 'restored' })
      expect(text(dir, '/ostree/next-deployment-kargs')).toBe('ro\n')
      expect(await bootParameters.restore(ostree, image, wrote, ports)).toEqual({ outcome: 'unchanged' })
    },
  )
})
