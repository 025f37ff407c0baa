import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootedVm } from './driver/booted-vm.ts'
import { prepared } from './driver/prepared.ts'
import type { Vm } from './driver/vm.ts'
import { atRest } from './driver/wait-for.ts'
import { installQuietcore } from './install-quietcore.ts'
import { changedThreads, difference, files, liveValues, type Thread, threads } from './machine-state.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { inState, quietcore, verified } from './quietcore-in.ts'
import { spoilt } from './spoilt.ts'
import { wholeMachine } from './whole-machine.ts'

/** Folders that belong to several packages, and dpkg's own book. */
const SHARED = ['usr/share/fish', 'usr/share/fish/vendor_completions.d', 'var/lib/dpkg/status']

describe('the package on a machine with systemd', () => {
  let vm: Vm
  let before: string[]
  let liveBefore: string[]
  let threadsBefore: Thread[]
  let filesInstalled: string[]
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    vm = await prepared(bootedVm, async (vm) => {
      // it moves interrupts by itself, and this is about what a removal puts back
      await vm.output(['systemctl', 'disable', '--now', 'irqbalance.service'])
      await atRest(vm)
      before = await wholeMachine(vm)
      liveBefore = await liveValues(vm)
      threadsBefore = await threads(vm)
    })
  })

  afterAll(() => vm?.destroy())

  it('is installed: only its own files are new, nothing is tuned, no service is enabled or runs', async () => {
    const said = await installQuietcore(vm)
    expect(said).not.toMatch(/quietcore: /)
    const changed = difference(before, await wholeMachine(vm)).filter((line) => !line.includes('quietcore'))
    expect([...new Set(changed.map(pathOf))].sort()).toEqual(SHARED)
    expect(difference(liveBefore, await liveValues(vm))).toEqual([])
    expect(changedThreads(threadsBefore, await threads(vm))).toEqual([])
    expect((await vm.run(['test', '-e', '/var/lib/quietcore'])).exitCode).toBe(1)
    expect(await service(vm)).toEqual({ enabled: 'disabled', active: 'inactive', pid: '0' })
    filesInstalled = await files(vm)
  })

  it('an upgrade keeps the tuning and what the administrator wrote, and starts no service', async () => {
    const variables = '/etc/quietcore/realtime-virtual-host-variables.conf'
    await vm.shell(`sed -i '/^isolated_cores=/d' ${variables}; echo isolated_cores=2-3 >>${variables}`)
    expect((await quietcore(vm, 'apply', 'realtime-virtual-host')).exitCode).toBe(0)
    const filesTuned = await files(vm)
    await installQuietcore(vm)
    expect(difference(filesTuned, await files(vm))).toEqual([])
    const { exitCode, answer } = await verified(vm)
    expect([exitCode, inState(answer, 'differs')]).toEqual([4, []])
    expect(await service(vm)).toMatchObject({ enabled: 'disabled', active: 'inactive' })
  })

  it('an upgrade restarts the service that runs', async () => {
    await vm.output(['systemctl', 'enable', '--now', 'quietcore.service'], { timeoutMs: 900_000 })
    const before = await service(vm)
    expect(before).toMatchObject({ enabled: 'enabled', active: 'active' })
    await installQuietcore(vm)
    const after = await service(vm)
    expect(after).toMatchObject({ enabled: 'enabled', active: 'active' })
    expect(after.pid).not.toBe(before.pid)
  })

  it('a removal that cannot undo the tuning does not happen, and says how it could', async () => {
    const mend = '[ ! -e /root/journal ] || mv /root/journal /var/lib/quietcore/journal'
    const damage = 'cp -p /var/lib/quietcore/journal /root; echo no journal >/var/lib/quietcore/journal'
    await spoilt(vm, damage, mend, async () => {
      const { exitCode, stderr } = await vm.run(['dpkg', '--remove', 'quietcore'], { timeoutMs: 900_000 })
      expect(exitCode).toBe(1)
      expect(stderr).toContain('give up the undo: QUIETCORE_KEEP_TUNING=1 dpkg --remove quietcore')
      // what dpkg was asked for, and what is so
      expect(await vm.output(['dpkg-query', '-W', '-f', '${Status}', 'quietcore'])).toBe(
        'deinstall ok installed',
      )
    })
  })

  it('a removal undoes the tuning, and keeps configuration', async () => {
    await vm.output(['dpkg', '--remove', 'quietcore'], { timeoutMs: 900_000 })
    expect((await vm.run(['quietcore', '--version'])).exitCode).toBe(127)
    expect((await service(vm)).active).toBe('inactive')
    expect(difference(liveBefore, await liveValues(vm))).toEqual([])
    expect(changedThreads(threadsBefore, await threads(vm))).toEqual([])
    const changed = difference(filesInstalled, await files(vm)).map(pathOf)
    expect([...new Set(changed)].sort()).toEqual([
      // dpkg takes empty folders with it
      'etc/quietcore/profiles',
      'etc/quietcore/realtime-virtual-host-variables.conf',
      'etc/quietcore/suites.d',
      // dpkg takes the link of an enabled service away with its configuration, as Debian's packages do
      'etc/systemd/system/multi-user.target.wants/quietcore.service',
    ])
  })

  it('a purge leaves the machine as it was, file by file', async () => {
    await vm.output(['dpkg', '--purge', 'quietcore'], { timeoutMs: 900_000 })
    expect(difference(before, await wholeMachine(vm))).toEqual([])
  })
})

/** The path in a line of a difference: `+ PATH kind …` or `- HASH  PATH`. */
function pathOf(line: string): string {
  const [, first = '', second = ''] = line.split(/ +/)
  return /^[0-9a-f]{64}$/.test(first) ? second.replace(/^\.\//, '') : first
}

/** Whether the service is enabled, whether it runs, and its main process (0: none). */
async function service(vm: Vm): Promise<{ enabled: string; active: string; pid: string }> {
  const answer = async (...args: string[]) =>
    (await vm.run(['systemctl', ...args, 'quietcore.service'])).stdout.trim()
  return {
    enabled: await answer('is-enabled'),
    active: await answer('is-active'),
    pid: await answer('show', '--property=MainPID', '--value'),
  }
}
