import { describe, expect, test } from 'vitest'
import { grubDefault } from '../../src/boot/grub-default.ts'
import { listTree } from '../support/tree.ts'
import { madeRoot, noChroot, put, text, withFixture, withShell } from './support/made-root.ts'
import { portsFor } from './support/ports.ts'

const RHEL7 = `GRUB_TIMEOUT=5
GRUB_DEFAULT=saved
GRUB_DISABLE_RECOVERY="true"
GRUB_CMDLINE_LINUX="crashkernel=auto rhgb quiet"
`
const BLOCK = `# quietcore: begin (kernel parameters of its profile; quietcore off removes these lines)
GRUB_CMDLINE_LINUX_DEFAULT="\${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }isolcpus=2-3 memmap=4G\\\\\\$8G"
# quietcore: end
`
const WANTED = 'isolcpus=2-3 memmap=4G$8G'

/** grub2-mkconfig's part that matters here: it sources the settings and writes one entry. */
const MKCONFIG = `#!/bin/sh
. /etc/default/grub
echo "linux /vmlinuz ro $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT" >"$2"
`

describe('/etc/default/grub without a drop-in folder', () => {
  test('gets a marked block at its end, every other byte stays, and clear takes the block away', async () => {
    const dir = madeRoot({ '/etc/default/grub': RHEL7 })
    const ports = portsFor(dir)
    const before = listTree(dir)
    expect(await grubDefault.write(WANTED, ports)).toEqual([
      '/boot/grub2/grub.cfg was not generated again: there is no grub2-mkconfig here. Run it on that machine before its next boot.',
    ])
    expect(text(dir, '/etc/default/grub')).toBe(RHEL7 + BLOCK)
    expect(grubDefault.ours(ports)).toBe(WANTED)
    expect(grubDefault.administrator(ports)).toEqual(
      ['crashkernel=auto', 'rhgb', 'quiet'].map((parameter) => ({
        parameter,
        place: { file: '/etc/default/grub', line: 4 },
      })),
    )
    await grubDefault.write('nosmt', ports)
    await grubDefault.write(WANTED, ports)
    expect(text(dir, '/etc/default/grub')).toBe(RHEL7 + BLOCK)
    await grubDefault.clear(ports)
    expect(listTree(dir)).toEqual(before)
  })

  test('that ends without a newline, or to which somebody appended since, keeps its own bytes', async () => {
    const dir = madeRoot({ '/etc/default/grub': 'GRUB_TIMEOUT=5' })
    const ports = portsFor(dir)
    await grubDefault.write('nosmt', ports)
    put(dir, '/etc/default/grub', `${text(dir, '/etc/default/grub')}GRUB_GFXMODE=auto\n`)
    expect(grubDefault.ours(ports)).toBe('nosmt')
    await grubDefault.clear(ports)
    expect(text(dir, '/etc/default/grub')).toBe('GRUB_TIMEOUT=5\nGRUB_GFXMODE=auto\n')
    put(dir, '/etc/default/grub', 'GRUB_TIMEOUT=5')
    await grubDefault.write('nosmt', ports)
    await grubDefault.clear(ports)
    expect(text(dir, '/etc/default/grub')).toBe('GRUB_TIMEOUT=5')
  })

  test.skipIf(noChroot('sh'))(
    'is followed by grub2-mkconfig into the menu that the links of the distribution name',
    async () => {
      const dir = withShell(
        madeRoot({ '/etc/default/grub': RHEL7, '/boot/efi/EFI/redhat/grub.cfg': 'old\n', '/etc/.keep': '' }),
      )
      put(dir, '/usr/sbin/grub2-mkconfig', MKCONFIG, 0o755)
      const { symlinkSync } = await import('node:fs')
      symlinkSync('../boot/efi/EFI/redhat/grub.cfg', `${dir}/etc/grub2-efi.cfg`)
      expect(await grubDefault.write(WANTED, portsFor(dir))).toEqual([])
      expect(text(dir, '/boot/efi/EFI/redhat/grub.cfg')).toBe(
        'linux /vmlinuz ro crashkernel=auto rhgb quiet isolcpus=2-3 memmap=4G\\$8G\n',
      )
    },
  )

  test.skipIf(noChroot('sh'))(
    'with grubby alone is refused when grubby would replace a value of the administrator',
    async () => {
      const dir = withShell(madeRoot({ '/etc/default/grub': 'GRUB_CMDLINE_LINUX="isolcpus=1"\n' }))
      withFixture(dir, 'grubby')
      const before = listTree(dir)
      await expect(grubDefault.write('isolcpus=2-3', portsFor(dir))).rejects.toMatchObject({
        code: 'grubby-would-replace',
        message: "grubby would replace your 'isolcpus=1' by 'isolcpus=2-3' (/etc/default/grub:1)",
        place: { file: '/etc/default/grub', line: 1 },
      })
      expect(listTree(dir)).toEqual(before)
    },
  )
})
