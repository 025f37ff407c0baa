import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { dropInText, grubDropIn } from '../../src/boot/grub-drop-in.ts'
import { oneLine, quoteForGrub } from '../../src/boot/quote.ts'
import { listTree } from '../support/tree.ts'
import { madeRoot, noChroot, put, text, withGrub } from './support/made-root.ts'
import { portsFor } from './support/ports.ts'

const DROP_IN = '/etc/default/grub.d/90-quietcore.cfg'
const ISOLATION = 'skew_tick=1 isolcpus=managed_irq,domain,2-3 nohz_full=2-3'

describe('the drop-in', () => {
  test('is this text', () => {
    expect(dropInText(`${ISOLATION}\n`)).toBe(
      `# Kernel parameters of quietcore's profile. 'quietcore apply' writes this file, 'quietcore off' removes it.
# Parameters of your own belong into /etc/default/grub or a file of your own beside this one.
GRUB_CMDLINE_LINUX_DEFAULT="\${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }skew_tick=1 isolcpus=managed_irq,domain,2-3 nohz_full=2-3"
`,
    )
  })

  test('gives sh and bash exactly these parameters after the ones that are there, whatever characters they hold', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        'a',
        '=',
        '"',
        "'",
        '$',
        '`',
        '\\',
        ';',
        '&',
        '(',
        '!',
        '*',
        '~',
        '#',
        ' ',
        '\n',
        '{',
        '}',
      ),
      maxLength: 30,
    })
    const dir = madeRoot({})
    fc.assert(
      fc.property(nasty, fc.constantFrom('', 'quiet splash'), (parameters, before) => {
        put(dir, DROP_IN, dropInText(parameters))
        const expected = quoteForGrub(oneLine(parameters))
        for (const shell of ['dash', 'bash']) {
          const script = 'GRUB_CMDLINE_LINUX_DEFAULT=$1; . "$0"; printf %s "$GRUB_CMDLINE_LINUX_DEFAULT"'
          const { stdout, stderr } = spawnSync(shell, ['-c', script, join(dir, DROP_IN), before], {
            encoding: 'utf8',
          })
          expect([stdout, stderr]).toEqual([before === '' ? expected : `${before} ${expected}`, ''])
        }
        expect(grubDropIn.ours(portsFor(dir))).toBe(oneLine(parameters))
      }),
      { numRuns: 80 },
    )
  })

  test('without a generator in the root directory says that the menu is as it was', async () => {
    const dir = madeRoot({
      '/etc/default/grub': 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n',
      '/boot/grub/grub.cfg': 'linux /v ro quiet\n',
    })
    const before = listTree(dir)
    const ports = portsFor(dir)
    expect(grubDropIn.matches(ports.root)).toBe(true)
    expect(await grubDropIn.write(ISOLATION, ports)).toEqual([
      '/boot/grub/grub.cfg was not generated again: there is no grub-mkconfig here. Run it on that machine before its next boot.',
    ])
    expect(text(dir, DROP_IN)).toBe(dropInText(ISOLATION))
    expect(grubDropIn.warnings!(ports)).toEqual([
      {
        code: 'boot-menu-stale',
        message: `/boot/grub/grub.cfg does not have the parameters of ${DROP_IN}: run update-grub, or the next boot will not have them`,
        place: { file: '/boot/grub/grub.cfg' },
      },
    ])
    await grubDropIn.clear(ports)
    rmSync(join(dir, '/etc/default/grub.d'), { recursive: true })
    expect(listTree(dir)).toEqual(before)
  })

  test('is warned about when a later file sets the variable anew', () => {
    const dir = madeRoot({
      '/etc/default/grub': 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n',
      '/etc/default/grub.d/99-last.cfg': '# mine\nGRUB_CMDLINE_LINUX_DEFAULT="splash"\n',
    })
    expect(grubDropIn.warnings!(portsFor(dir))).toEqual([
      {
        code: 'boot-parameters-overridden',
        message: `/etc/default/grub.d/99-last.cfg sets GRUB_CMDLINE_LINUX_DEFAULT anew after ${DROP_IN}: quietcore's kernel parameters would be lost. Append there instead: GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT …"`,
        place: { file: '/etc/default/grub.d/99-last.cfg', line: 2 },
      },
    ])
  })
})

describe.skipIf(noChroot('grub-mkconfig'))("Debian's real grub-mkconfig", () => {
  let template: string
  const machine = () => {
    const dir = madeRoot({})
    cpSync(template, dir, { recursive: true, verbatimSymlinks: true })
    return dir
  }
  const config = (dir: string) => listTree(dir, (path) => !/^\/(etc|boot|var)/.test(path))
  const normalWith = (menu: string, parameters: string) =>
    menu.replace(/^(\s*linux\t.* quiet)$/gm, (line) => `${line} ${parameters}`)

  beforeAll(async () => {
    template = withGrub(
      madeRoot({
        '/etc/default/grub':
          'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX="console=tty0"\n',
        '/etc/default/grub.d/init.cfg': '',
        '/boot/vmlinuz-6.1.0-21-rt-amd64': 'a kernel',
        '/boot/initrd.img-6.1.0-21-rt-amd64': 'an initrd',
        '/boot/vmlinuz-6.1.0-9-amd64': 'a kernel',
        '/boot/grub/grub.cfg': '',
      }),
    )
    const { runner } = portsFor(template)
    const { exitCode, stderr } = runner.runSync(['grub-mkconfig', '-o', '/boot/grub/grub.cfg'])
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/done\n$/)])
  })

  test('puts the parameters on normal entries, leaves recovery entries, and clear gives the menu back byte for byte', async () => {
    const dir = machine()
    const [before, menu] = [config(dir), text(dir, '/boot/grub/grub.cfg')]
    expect(menu.match(/^\s*linux\t.*$/gm)!.length).toBe(5)
    const ports = portsFor(dir)
    expect(await grubDropIn.write(ISOLATION, ports)).toEqual([])
    expect(text(dir, '/boot/grub/grub.cfg')).toBe(normalWith(menu, ISOLATION))
    expect(text(dir, '/boot/grub/grub.cfg').match(/ single console=tty0$/gm)!.length).toBe(2)
    expect(grubDropIn.warnings!(ports)).toEqual([])
    await grubDropIn.write('isolcpus=3', ports)
    expect(text(dir, '/boot/grub/grub.cfg')).toBe(normalWith(menu, 'isolcpus=3'))
    await grubDropIn.clear(ports)
    expect(config(dir)).toEqual(before)
  })

  test('whose menu somebody put back has nothing of ours for the next boot, until it is written again', async () => {
    const dir = machine()
    const menu = text(dir, '/boot/grub/grub.cfg')
    const ports = portsFor(dir)
    await grubDropIn.write(ISOLATION, ports)
    expect(grubDropIn.ours(ports)).toBe(ISOLATION)
    ports.root.writeFile('/boot/grub/grub.cfg', menu)
    expect(grubDropIn.ours(ports)).toBeUndefined()
    await grubDropIn.write(ISOLATION, ports)
    expect(grubDropIn.ours(ports)).toBe(ISOLATION)
  })

  test('hands on a parameter with a dollar and quotes so that GRUB gives the kernel what was meant', async () => {
    const dir = machine()
    const menu = text(dir, '/boot/grub/grub.cfg')
    await grubDropIn.write('memmap=4G$8G dyndbg="file x.c +p"', portsFor(dir))
    expect(text(dir, '/boot/grub/grub.cfg')).toBe(normalWith(menu, 'memmap=4G\\$8G dyndbg="file x.c +p"'))
  })

  test('that fails leaves the menu and the settings as they were, and the error says so', async () => {
    const dir = machine()
    put(
      dir,
      '/etc/grub.d/40_custom',
      '#!/bin/sh\necho half a menu {\necho "no such disk" >&2\nexit 1\n',
      0o755,
    )
    const before = config(dir)
    await expect(grubDropIn.write(ISOLATION, portsFor(dir))).rejects.toMatchObject({
      code: 'grub-mkconfig-failed',
      exitCode: 3,
      message: expect.stringMatching(
        /grub-mkconfig could not generate GRUB's menu \(exit 1\): .*no such disk$/,
      ),
      place: { file: '/boot/grub/grub.cfg' },
      next: "/boot/grub/grub.cfg is as it was. Run 'grub-mkconfig' by hand to see what it objects to, then try again.",
    })
    expect(config(dir)).toEqual(before)
  })
})
