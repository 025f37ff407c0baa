import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshVm } from './driver/fresh-vm.ts'
import { prepared } from './driver/prepared.ts'
import { requireSpace, requireTools } from './driver/tools.ts'
import type { Vm } from './driver/vm.ts'
import { printConsoleOnFailure } from './print-console.ts'

describe('the virtual machine', () => {
  let vm: Vm
  const here = mkdtempSync(join(tmpdir(), 'quietcore-test-'))
  printConsoleOnFailure(() => vm)

  /** A test that failed may have left it off. */
  const isOn = async () => {
    if (!vm.running) await vm.start()
  }

  beforeAll(async () => {
    vm = await prepared(freshVm, (vm) => vm.start())
  })

  afterAll(async () => {
    await vm?.destroy()
    rmSync(here, { recursive: true })
  })

  it('is Debian 12 with a PREEMPT_RT kernel that its own boot loader started', async () => {
    const facts = await vm.shell('. /etc/os-release; echo "$ID $VERSION_ID $(cat /sys/kernel/realtime)"')
    expect(facts).toBe('debian 12 1\n')
    expect(await vm.output(['cat', '/proc/cmdline'])).toMatch(
      /^BOOT_IMAGE=\/boot\/vmlinuz-\S+-rt-amd64 root=/,
    )
    expect(vm.console()).toContain('GNU GRUB')
  })

  it('has four CPUs on two NUMA nodes', async () => {
    const lists = await vm.shell(
      'cd /sys/devices/system; cat cpu/online node/node0/cpulist node/node1/cpulist',
    )
    expect(lists).toBe('0-3\n0-1\n2-3\n')
  })

  it('gets arguments byte for byte, and answers exit code, stdout and stderr', async () => {
    const odd = ['', 'a b', "it's", '$HOME `id` "x" \\', 'ä\nz', '*']
    expect(await vm.output(['printf', '[%s]', ...odd])).toBe(odd.map((one) => `[${one}]`).join(''))
    const argv = ['sh', '-c', 'cat; echo err >&2; exit 7']
    expect(await vm.run(argv, { input: 'in' })).toEqual({ argv, exitCode: 7, stdout: 'in', stderr: 'err\n' })
  })

  it('takes files in and gives them out, with their modes', async () => {
    const tree = join(here, 'tree')
    mkdirSync(tree, { recursive: true })
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) & 255))
    writeFileSync(join(tree, 'run me'), bytes, { mode: 0o750 })
    await vm.copyIn(tree, '/opt/in')
    expect(await vm.output(['stat', '-c', '%a %u %s', '/opt/in/tree/run me'])).toBe('750 0 100000\n')
    const out = join(here, 'out')
    mkdirSync(out, { recursive: true })
    await vm.copyOut('/opt/in/tree', out)
    expect(readFileSync(join(out, 'tree/run me')).equals(bytes)).toBe(true)
  })

  it('reaches nothing outside', async () => {
    const { exitCode } = await vm.run(['timeout', '5', 'bash', '-c', 'exec 3<>/dev/tcp/10.0.2.2/22'])
    expect(exitCode).not.toBe(0)
  })

  it('goes on from a saved state: memory, disk and boot are those of that moment', async () => {
    await isOn()
    const boot = await vm.bootId()
    await vm.shell('echo kept >/root/disk; echo kept >/run/memory; sync')
    await vm.saveState('moment')
    await vm.shell('rm /root/disk /run/memory; sync')
    await vm.cutPower()
    await vm.start({ fromState: 'moment' })
    expect(await vm.output(['cat', '/root/disk', '/run/memory'])).toBe('kept\nkept\n')
    expect(await vm.bootId()).toBe(boot)
  })

  it('loses by a power cut what was not on its disk, and nothing else', async () => {
    await isOn()
    const boot = await vm.bootId()
    await vm.shell('rm -f /root/unsynced; echo safe >/root/synced; sync; echo lost >/root/unsynced')
    await vm.cutPower()
    expect(vm.running).toBe(false)
    await expect(vm.run(['true'])).rejects.toMatchObject({ code: 'not-running' })
    await vm.start()
    // its name may be there, when another program's fsync came in between
    expect(await vm.shell('cat /root/synced; grep -s lost /root/unsynced || echo gone')).toBe('safe\ngone\n')
    expect(await vm.bootId()).not.toBe(boot)
    await vm.cutPower()
    vm.keepDisk('good')
  })

  it('that does not boot says so, with its console', async () => {
    await vm.cutPower()
    vm.restoreDisk('good')
    await vm.start({ fromState: 'moment' })
    await vm.output(['sed', '-i', 's/ root=[^ ]*/& break=top/', '/boot/grub/grub.cfg'])
    await vm.powerOff()
    const failure = await vm.start().catch((error: Error) => error)
    expect(failure).toMatchObject({ code: 'does-not-boot' })
    expect((failure as Error).message).toMatch(
      /^The console says '\(initramfs\)'\.\n--- end of .*\n\(initramfs\)/s,
    )
    await vm.cutPower()
  })

  it('boots again when a kept disk is put back', async () => {
    await vm.cutPower()
    vm.restoreDisk('good')
    await vm.start()
    expect(await vm.output(['cat', '/root/disk', '/root/synced'])).toBe('kept\nsafe\n')
  })
})

describe('a virtual machine that cannot be had', () => {
  it('names the missing programs and their packages', () => {
    expect(() => requireTools(['qemu-img', 'mmdebstrap', 'nosuch'], '/nowhere')).toThrow(
      'needs qemu-img, mmdebstrap, nosuch, not found in PATH.\n  Install: apt-get install --no-install-recommends qemu-utils mmdebstrap nosuch',
    )
  })

  it('says how much room is missing and where', () => {
    expect(() => requireSpace(tmpdir(), 2 ** 60)).toThrow(`1099511627776 MiB are needed in ${tmpdir()}`)
  })

  it('says which port is in use', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
    const vm = await freshVm({ port })
    try {
      await expect(vm.start()).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`)
    } finally {
      await vm.destroy()
      server.close()
    }
  })
})
