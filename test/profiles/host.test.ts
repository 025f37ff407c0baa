import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ObservedSetting } from '../../src/core/plan/setting.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { tune, untune } from '../../src/engine/tune.ts'
import { stderrLog } from '../../src/host/log.ts'
import { makeHost } from '../support/host-machine.ts'
import { listTree } from '../support/tree.ts'

const DIR = resolve('profiles')
/** What our profiles turn beyond the made host's own files. */
const FILES = {
  '/proc/sys/vm/compaction_proactiveness': '20\n',
  '/proc/sys/vm/compact_unevictable_allowed': '1\n',
  '/sys/firmware/acpi/platform_profile': 'balanced\n',
  '/sys/firmware/acpi/platform_profile_choices': 'low-power balanced performance\n',
}
const NAMES = ['latency', 'realtime', 'realtime-virtual-host', 'realtime-virtual-guest', 'cpu-partitioning']
const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

/** One line a setting: how it stands after apply, what it has and what is wanted. */
function line({ setting, have, state }: ObservedSetting): string {
  return `${state.padEnd(14)} ${setting.target} = ${oneLine(have)} [${oneLine(setting.want)}]`
}

/** The journal and the lock. */
const isOwnState = (path: string): boolean => path === '/var' || path === '/run'

function oneLine(text: string | null): string {
  return text === null ? 'unknown' : text.trim().replaceAll('\n', ' / ')
}

test.each(NAMES)(
  '%s tunes a made KVM host as the golden file says, and off gives every byte back',
  async (name) => {
    const dir = mkdtempSync(join(tmpdir(), 'quietcore-host-'))
    dirs.push(dir)
    const machine = openMachine(makeHost(dir, { cpus: 8, files: FILES }), stderrLog('error'))
    const before = listTree(dir, isOwnState)
    const choice = {
      name,
      profileDirs: [DIR],
      overrides: name === 'latency' ? {} : { isolated_cores: 'auto' },
    }
    const { settings, plan } = await tune(choice, machine)
    const warnings = plan.warnings.map(({ code }) => `warning ${code}`)
    const shown = settings.filter(({ setting }) => setting.knob.knob !== 'irq-affinity').map(line)
    const text = [...shown, '', ...warnings, ''].join('\n')
    await expect(text).toMatchFileSnapshot(`../golden/profiles/${name}.applied.txt`)
    expect(settings.filter(({ state }) => state === 'differs' || state === 'unreadable')).toEqual([])
    expect((await tune(choice, machine)).changed).toEqual([])
    await untune(machine)
    expect(listTree(dir, isOwnState)).toEqual(before)
  },
)
