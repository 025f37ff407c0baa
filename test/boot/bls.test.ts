import { describe, expect, test } from 'vitest'
import { bls } from '../../src/boot/bls.ts'
import { listTree } from '../support/tree.ts'
import { madeRoot, noChroot, put, text, withFixture, withShell } from './support/made-root.ts'
import { portsFor } from './support/ports.ts'

const E9 = '/boot/loader/entries/0f-5.14.0-503.el9.x86_64.conf'
const RESCUE = '/boot/loader/entries/0f-0-rescue.conf'
const entry = (kernel: string, options: string) => `title Red Hat Enterprise Linux (${kernel}) 9.5
version ${kernel}
linux /vmlinuz-${kernel}
initrd /initramfs-${kernel}.img $tuned_initrd
options ${options}
grub_users $grub_users
grub_class rhel
`
const OWN = 'root=/dev/mapper/rhel-root ro isolcpus=1 nohz=on crashkernel=1G-4G:192M'
const files = {
  '/etc/default/grub': 'GRUB_ENABLE_BLSCFG=true\n',
  [E9]: entry('5.14.0-503.el9.x86_64', OWN),
  [RESCUE]: entry('0-rescue-0f', 'root=/dev/mapper/rhel-root ro'),
  '/etc/kernel/cmdline': 'root=/dev/mapper/rhel-root ro\n',
}
const WANTED =
  'isolcpus=2-3 nohz=on default_hugepagesz=1G hugepagesz=1G hugepages=8 hugepagesz=2M hugepages=64'
const ADDED = 'isolcpus=2-3 default_hugepagesz=1G hugepagesz=1G hugepages=8 hugepagesz=2M hugepages=64'

describe('boot loader entries', () => {
  test('get our parameters after their own; rescue entries do not, nor anything that is there already', async () => {
    const dir = madeRoot(files)
    const ports = portsFor(dir)
    const before = listTree(dir, (path) => path.startsWith('/var'))
    expect(bls.matches(ports.root)).toBe(true)
    expect(bls.ours(ports)).toBeUndefined()
    expect(await bls.write(WANTED, ports)).toEqual([])
    expect({
      entry: text(dir, E9),
      rescue: text(dir, RESCUE),
      later: text(dir, '/etc/kernel/cmdline'),
    }).toEqual({
      entry: entry('5.14.0-503.el9.x86_64', `${OWN} ${ADDED}`),
      rescue: files[RESCUE],
      later: `root=/dev/mapper/rhel-root ro ${WANTED}\n`,
    })
    expect(JSON.parse(text(dir, '/var/lib/quietcore/boot-parameters'))).toEqual({
      schemaVersion: 1,
      parameters: WANTED,
      files: { [E9]: ADDED, '/etc/kernel/cmdline': WANTED },
    })
    expect(bls.ours(ports)).toBe(WANTED)
    await bls.write('nosmt', ports)
    expect(text(dir, E9)).toBe(entry('5.14.0-503.el9.x86_64', `${OWN} nosmt`))
    await bls.clear(ports)
    expect(listTree(dir, (path) => path.startsWith('/var'))).toEqual(before)
    expect(bls.ours(ports)).toBeUndefined()
  })

  test('show the parameters of the administrator alone, each with its line', async () => {
    const dir = madeRoot(files)
    const ports = portsFor(dir)
    const at = (parameter: string) => ({ parameter, place: { file: E9, line: 5 } })
    const theirs = OWN.split(' ').map(at)
    expect(bls.administrator(ports)).toEqual(theirs)
    await bls.write(WANTED, ports)
    expect(bls.administrator(ports)).toEqual(theirs)
  })

  test('of RHEL 8 keep $kernelopts, whose meaning stands in the environment block', async () => {
    const e8 = '/boot/loader/entries/0f-4.18.0-553.el8.x86_64.conf'
    const dir = madeRoot({
      [e8]: entry('4.18.0-553.el8.x86_64', '$kernelopts $tuned_params'),
      '/boot/grub2/grubenv':
        '# GRUB Environment Block\nsaved_entry=0f-4.18.0\nkernelopts=root=/dev/vda1 ro nohz=on \n#####',
    })
    const ports = portsFor(dir)
    expect(bls.administrator(ports)).toEqual(
      ['root=/dev/vda1', 'ro', 'nohz=on'].map((parameter) => ({
        parameter,
        place: { file: '/boot/grub2/grubenv', line: 3 },
      })),
    )
    expect(await bls.write('isolcpus=2-3 nohz=on', ports)).toEqual([
      'There is no /etc/kernel/cmdline: a kernel that is installed later takes its parameters from the running one.',
    ])
    expect(text(dir, e8)).toBe(entry('4.18.0-553.el8.x86_64', '$kernelopts $tuned_params isolcpus=2-3'))
  })

  test('of a kernel that was installed since lose what they took over from us, and nothing else', async () => {
    const dir = madeRoot(files)
    const ports = portsFor(dir)
    await bls.write(WANTED, ports)
    const later = '/boot/loader/entries/0f-5.14.0-570.el9.x86_64.conf'
    put(dir, later, entry('5.14.0-570.el9.x86_64', text(dir, '/etc/kernel/cmdline').trim()))
    expect(bls.ours(ports)).toBe(WANTED)
    await bls.clear(ports)
    expect(text(dir, later)).toBe(entry('5.14.0-570.el9.x86_64', 'root=/dev/mapper/rhel-root ro'))
  })

  test('of which one lost a parameter are not as wanted any more', async () => {
    const dir = madeRoot(files)
    const ports = portsFor(dir)
    await bls.write('isolcpus=2-3 nosmt', ports)
    put(dir, E9, text(dir, E9).replace(' nosmt', ''))
    expect(bls.ours(ports)).toBe('isolcpus=2-3')
  })
})

// grubby is not in Debian: test/fixtures/bin/grubby stands for it, with the overwriting by name that the real one has.
describe.skipIf(noChroot('sh'))('boot loader entries with grubby', () => {
  const machine = () => {
    const dir = withShell(madeRoot({ ...files, '/var/log/grubby.log': '' }))
    withFixture(dir, 'grubby')
    return dir
  }

  test('are changed by it, one kernel at a time, and the rescue kernel is spared', async () => {
    const dir = machine()
    await bls.write('nosmt nohz_full=2-3', portsFor(dir))
    expect(text(dir, '/var/log/grubby.log')).toBe(
      '--update-kernel=/boot/vmlinuz-5.14.0-503.el9.x86_64 --args=nosmt nohz_full=2-3\n',
    )
    expect(text(dir, E9)).toBe(entry('5.14.0-503.el9.x86_64', `${OWN} nosmt nohz_full=2-3`))
    expect(text(dir, RESCUE)).toBe(files[RESCUE])
  })

  test("keep the administrator's value and both page sizes, which grubby alone would have overwritten", async () => {
    const dir = machine()
    const ports = portsFor(dir)
    await bls.write(WANTED, ports)
    expect(text(dir, E9)).toBe(entry('5.14.0-503.el9.x86_64', `${OWN} ${ADDED}`))
    await bls.clear(ports)
    expect(text(dir, E9)).toBe(files[E9])
  })
})
