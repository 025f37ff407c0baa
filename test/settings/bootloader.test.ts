import { describe, expect, test } from 'vitest'
import { findLoader } from '../../src/boot/loaders.ts'
import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import type { Facts } from '../../src/core/facts.ts'
import type { Unit } from '../../src/core/profile/profile.ts'
import { bootloader } from '../../src/settings/bootloader.ts'
import type { Machine } from '../../src/settings/kind.ts'
import { madeRoot } from '../boot/support/made-root.ts'
import { portsFor } from '../boot/support/ports.ts'

const PROFILE = '/etc/quietcore/profiles/x/profile.conf'

function unit(options: Record<string, string>): Unit {
  const entries = Object.entries(options).map(
    ([name, value], i) => [name, { value, raw: value, place: { file: PROFILE, line: i + 2 } }] as const,
  )
  const place = { file: PROFILE, line: 1 }
  return {
    name: 'bootloader',
    type: 'bootloader',
    priority: 0,
    enabled: true,
    devices: '*',
    options: new Map(entries),
    place,
    dir: '',
  }
}

function machine(files: Record<string, string>, nohzFull: CpuSet | undefined = CpuSet.empty): Machine {
  const ports = portsFor(madeRoot(files))
  const facts = {
    cpu: { possible: CpuSet.parse('0-3'), nohzFull },
    kernel: { machine: 'x86_64' },
    cmdline: 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet',
  } as unknown as Facts
  return { facts, ports, loader: findLoader(ports.root), service: false }
}

const GRUB = {
  '/etc/default/grub':
    'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet isolcpus=1"\nGRUB_CMDLINE_LINUX="nohz=on"\n',
  '/etc/default/grub.d/.keep': '',
}
const looked = (id: string, target: string, want: string) => ({
  id: `bootloader:${id}`,
  section: 'bootloader',
  target: `${target} of the running kernel`,
  want,
  effect: 'reboot',
  knob: { knob: 'running-parameter', wanted: want },
  compare: 'text',
  carriedBy: 'bootloader:parameters',
})

describe('[bootloader]', () => {
  test('becomes one carrier, a look at each parameter, and a look at what the kernel made of them', () => {
    const asked = unit({
      cmdline_base: 'nohz=on nosoftlockup',
      cmdline_realtime: '+isolcpus=managed_irq,domain,2,3,4 nohz_full=2,3',
      cmdline_pages: '+hugepagesz=1G hugepages=8',
      initrd_add_img: '/x.img',
    })
    expect(bootloader.settings(asked, machine(GRUB))).toEqual({
      settings: [
        {
          id: 'bootloader:parameters',
          section: 'bootloader',
          target: '/etc/default/grub.d/90-quietcore.cfg',
          want: 'nosoftlockup isolcpus=managed_irq,domain,2-4 nohz_full=2-3 hugepagesz=1G hugepages=8',
          effect: 'reboot',
          knob: { knob: 'boot-parameters', loader: 'grub-drop-in' },
          compare: 'text',
        },
        looked('nohz', 'nohz=', 'nohz=on'),
        looked('nosoftlockup', 'nosoftlockup', 'nosoftlockup'),
        looked('isolcpus', 'isolcpus=', 'isolcpus=managed_irq,domain,2-4'),
        looked('nohz_full', 'nohz_full=', 'nohz_full=2-3'),
        looked('hugepages@1073741824', 'hugepagesz=', 'hugepagesz=1G hugepages=8'),
        {
          id: 'bootloader:isolated',
          section: 'bootloader',
          target: '/sys/devices/system/cpu/isolated',
          want: '2-3',
          effect: 'reboot',
          knob: { knob: 'live-file', path: '/sys/devices/system/cpu/isolated' },
          compare: 'cpulist',
          carriedBy: 'bootloader:parameters',
        },
        {
          id: 'bootloader:nohz-full-cpus',
          section: 'bootloader',
          target: '/sys/devices/system/cpu/nohz_full',
          want: '2-3',
          effect: 'reboot',
          knob: { knob: 'live-file', path: '/sys/devices/system/cpu/nohz_full' },
          compare: 'cpulist',
          carriedBy: 'bootloader:parameters',
        },
      ],
      warnings: [
        {
          code: 'not-supported',
          message:
            'initrd_add_img is not supported: an early image that only GRUB would load; put the file into the initramfs by dracut or initramfs-tools',
          place: { file: PROFILE, line: 5 },
        },
        {
          code: 'cmdline-conflict',
          message: `isolcpus is set twice: 'isolcpus=1' in /etc/default/grub:2 and 'isolcpus=managed_irq,domain,2-4' in ${PROFILE}:3; the kernel keeps the first one, isolcpus=1: remove it to have the profile's`,
          place: { file: '/etc/default/grub', line: 2 },
        },
      ],
    })
  })

  test('on boot loader entries carries everything, because one entry may lack what another has', async () => {
    const entries = machine({
      '/boot/grub2/grub.cfg': '',
      '/etc/kernel/cmdline': 'ro\n',
      '/boot/loader/entries/a.conf': 'linux /a\noptions ro nohz=on\n',
      '/boot/loader/entries/b.conf': 'linux /b\noptions ro\n',
    })
    const asked = unit({ cmdline: 'nohz=on hugepagesz=1G nosmt hugepages=8 nohz=on' })
    const [carrier] = bootloader.settings(asked, entries).settings
    expect(carrier).toMatchObject({
      want: 'nosmt hugepagesz=1G hugepages=8 nohz=on',
      target: '/boot/loader/entries/a.conf',
    })
    await entries.loader!.write(carrier!.want, entries.ports)
    expect(entries.loader!.ours(entries.ports)).toBe(carrier!.want)
    expect(entries.ports.root.readText('/boot/loader/entries/a.conf')).toBe(
      'linux /a\noptions ro nohz=on nosmt hugepagesz=1G hugepages=8\n',
    )
    expect(entries.ports.root.readText('/boot/loader/entries/b.conf')).toBe(
      'linux /b\noptions ro nosmt hugepagesz=1G hugepages=8 nohz=on\n',
    )
  })

  test('has no blank inside a list of CPUs, wherever the profile or its variables have one', () => {
    const asked = unit({ cmdline: 'isolcpus=managed_irq,domain,1, 3 nohz_full=1, 3 nosmt' })
    const { settings, warnings } = bootloader.settings(asked, machine({ '/etc/default/grub.d/.keep': '' }))
    expect(settings.map(({ want }) => want)).toEqual([
      'isolcpus=managed_irq,domain,1,3 nohz_full=1,3 nosmt',
      'isolcpus=managed_irq,domain,1,3',
      'nohz_full=1,3',
      'nosmt',
      '1,3',
      '1,3',
    ])
    expect(warnings.map(({ code }) => code)).toEqual(['no-boot-loader'])
  })

  test('says which list of CPUs the kernel would not read as meant', () => {
    const asked = unit({ cmdline: 'nohz_full=1-2,', cmdline_x: '+rcu_nocbs=1 2-3' })
    const warning = (message: string, line: number) => ({
      code: 'cmdline-cpulist',
      message: `the kernel parameter ${message}: write CPU lists as the kernel does, '2-5,8', without quotes`,
      place: { file: PROFILE, line },
    })
    expect(bootloader.settings(asked, machine(GRUB)).warnings).toEqual([
      warning("'nohz_full=1-2,' ends in a comma", 2),
      warning("'2-3' looks like the rest of a CPU list", 3),
    ])
  })

  test('without parameters wants nothing', () => {
    expect(bootloader.settings(unit({}), machine(GRUB))).toEqual({ settings: [], warnings: [] })
  })

  test('on a machine without a boot loader that is known says so, and still looks', () => {
    expect(bootloader.settings(unit({ cmdline: 'nosmt' }), machine({}))).toEqual({
      settings: [
        {
          id: 'bootloader:parameters',
          section: 'bootloader',
          target: 'boot loader',
          want: 'nosmt',
          effect: 'reboot',
          knob: { knob: 'boot-parameters', loader: '' },
          compare: 'text',
          unsupported: 'no boot loader that quietcore knows was found; set these kernel parameters by hand',
        },
        looked('nosmt', 'nosmt', 'nosmt'),
      ],
      warnings: [
        {
          code: 'no-boot-loader',
          message:
            'no boot loader that quietcore knows was found (GRUB, boot loader entries, rpm-ostree, kernel-install): the kernel parameters will not be set',
          place: { file: PROFILE, line: 1 },
        },
      ],
    })
  })

  test('that makes the line longer than the kernel reads warns with the bytes, what the boot loader adds included', () => {
    // 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet isolcpus=1 nohz=on ' is 63 bytes, NUL 1
    const fits = bootloader.settings(unit({ cmdline: `x=${'y'.repeat(2048 - 64 - 2)}` }), machine(GRUB))
    expect(fits.warnings).toEqual([])
    const over = bootloader.settings(unit({ cmdline: `x=${'y'.repeat(2048 - 64 - 1)}` }), machine(GRUB))
    expect(over.warnings).toEqual([
      {
        code: 'cmdline-too-long',
        message:
          'the kernel command line would need 2049 bytes, this kernel reads 2048: the rest would be lost at boot',
      },
    ])
  })

  test('with a count of huge pages that would fall to a page size of the administrator is warned about', () => {
    const pages = machine({
      ...GRUB,
      '/etc/default/grub': 'GRUB_CMDLINE_LINUX="hugepagesz=2M hugepages=4"\n',
    })
    expect(
      bootloader.settings(unit({ cmdline: 'default_hugepagesz=1G hugepages=8' }), pages).warnings,
    ).toEqual([
      {
        code: 'cmdline-conflict',
        message:
          "'hugepages=8' has no page size of its own and would count for 'hugepagesz=2M' in /etc/default/grub:1: write hugepagesz= before it",
        place: { file: PROFILE, line: 1 },
      },
    ])
  })

  test('with an open quote is refused with its line, before anything changes', () => {
    expect(() =>
      bootloader.settings(unit({ cmdline: 'quiet', cmdline_x: '+dyndbg="file x nosmt' }), machine(GRUB)),
    ).toThrow(
      expect.objectContaining({
        code: 'bad-kernel-parameter',
        exitCode: 2,
        message: `the kernel parameter 'dyndbg="file x nosmt' has a double quote that is not closed`,
        place: { file: PROFILE, line: 3 },
      }),
    )
  })

  test('on a kernel without nohz_full says that it cannot be had', () => {
    const { settings } = bootloader.settings(unit({ cmdline: 'nohz_full=2' }), {
      ...machine(GRUB),
      facts: {
        ...machine(GRUB).facts,
        cpu: { possible: CpuSet.parse('0-3'), nohzFull: undefined } as Facts['cpu'],
      },
    })
    expect(settings.at(-1)).toMatchObject({
      id: 'bootloader:nohz-full-cpus',
      unsupported: 'this kernel was built without CONFIG_NO_HZ_FULL',
    })
  })
})
