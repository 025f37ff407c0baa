import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan/plan.ts'
import { apply } from '../../src/engine/apply.ts'
import { off } from '../../src/engine/off.ts'
import { script } from '../../src/knobs/script.ts'
import { machineDir } from '../support/machine-dir.ts'
import { listTree } from '../support/tree.ts'

/** A shell that needs nothing else of the machine it runs in. */
const BUSYBOX = '/bin/busybox'
const PATH = '/etc/quietcore/profiles/x/script.sh'
const REF = { knob: 'script', path: PATH, env: { TUNED_isolated_cores: '2-3' } } as const

const TEXT = `#!/bin/sh
echo "$1 $2 $TUNED_isolated_cores" >> /log
[ "$1" = verify ] && [ -e /broken ] && { echo "not as it was" >&2; exit 3; }
[ "$1" = verify ] && [ -e /no-tuna ] && { tuna -c 2-3 -P; exit $?; }
[ "$1" = stop ] && [ -e /stuck ] && exit 1
[ "$1" = start ] && [ -e /refuse ] && { echo "no such knob" >&2; exit 1; }
exit 0
`

/** A machine that can run a shell script: one static program and its links. */
function machine() {
  const made = machineDir({ [PATH]: TEXT, '/log': '' })
  mkdirSync(join(made.dir, 'bin'))
  copyFileSync(BUSYBOX, join(made.dir, 'bin/sh'))
  chmodSync(join(made.dir, 'bin/sh'), 0o755)
  chmodSync(join(made.dir, PATH), 0o755)
  return made
}

describe.skipIf(!existsSync(BUSYBOX) || process.geteuid?.() !== 0)(
  'a script (needs busybox-static and root, for chroot)',
  () => {
    it('is not run by a plan before its start, then verified, then stopped; each with the variables', () => {
      const { ports, read } = machine()
      expect(script.read(REF, ports)).toEqual({ have: 'not started' })
      expect(read('/log')).toBe('')
      const before = script.capture(REF, ports) as never
      const wrote = script.write(REF, 'ok', ports) as never
      expect(script.read(REF, ports)).toEqual({ have: 'ok' })
      expect(script.restore(REF, before, wrote, ports)).toEqual({ outcome: 'restored' })
      expect(read('/log')).toBe('start  2-3\nverify  2-3\nstop full_rollback 2-3\n')
      expect(script.read(REF, ports)).toEqual({ have: 'not started' })
    })

    it('whose verify fails shows its last word', () => {
      const { ports, write } = machine()
      script.write(REF, 'ok', ports)
      write('/broken', '')
      expect(script.read(REF, ports)).toEqual({ have: 'verify: ended with 3: not as it was' })
    })

    it('whose verify calls a program that is not installed cannot be checked, and is stopped all the same', () => {
      const { ports, read, write } = machine()
      const wrote = script.write(REF, 'ok', ports) as never
      write('/no-tuna', '')
      expect(script.read(REF, ports)).toEqual({
        unsupported: `\`${PATH} verify\` ended with 127: ${PATH}: line 4: tuna: not found (a program that it calls is not here)`,
      })
      expect(script.restore(REF, { started: false }, wrote, ports)).toEqual({ outcome: 'restored' })
      expect(read('/log')).toBe('start  2-3\nverify  2-3\nstop full_rollback 2-3\n')
    })

    it('whose start fails is an error, and is stopped by the undo that follows', () => {
      const { dir, ports, read, write } = machine()
      write('/refuse', '')
      const tree = listTree(dir, (path) => path === '/log' || path === '/run')
      expect(() => script.write(REF, 'ok', ports)).toThrow(
        expect.objectContaining({
          code: 'script-failed',
          message: `\`${PATH} start\` ended with 1: no such knob`,
        }),
      )
      expect(script.restore(REF, { started: false }, null, ports)).toEqual({ outcome: 'restored' })
      expect(read('/log')).toBe('start  2-3\nstop full_rollback 2-3\n')
      expect(listTree(dir, (path) => path === '/log' || path === '/run')).toEqual(tree)
    })

    it('whose stop is undone is started again, with its own variables, also when the stop was cut short', () => {
      const { ports, read, write } = machine()
      const wrote = script.write(REF, 'ok', ports) as never
      expect(script.restore(REF, { started: true }, null, ports)).toEqual({ outcome: 'unchanged' })
      script.restore(REF, { started: false }, wrote, ports)
      expect(script.restore(REF, { started: true }, null, ports)).toEqual({ outcome: 'restored' })
      write('/stuck', '')
      expect(() => script.restore(REF, { started: false }, wrote, ports)).toThrow('stop` ended with 1')
      expect(script.restore(REF, { started: true }, null, ports)).toEqual({ outcome: 'restored' })
      expect(read('/log')).toBe(
        'start  2-3\nstop full_rollback 2-3\nstart  2-3\nstop full_rollback 2-3\nstart  2-3\n',
      )
    })

    it('is stopped with the variables that it was started with, and started with the new ones', async () => {
      const { ports, read } = machine()
      const plan = (cpus: string): Plan => ({
        profile: 'x',
        settings: [
          {
            id: PATH,
            section: 'script',
            target: PATH,
            want: 'ok',
            effect: 'now',
            compare: 'text',
            knob: { ...REF, env: { TUNED_isolated_cores: cpus } },
          },
        ],
        warnings: [],
        cmdline: { running: '', wanted: '' },
      })
      const active = { profile: 'x', overrides: {}, since: '', bootId: 'boot-1' }
      await apply(plan('1-3'), active, ports)
      const { settings } = await apply(plan('2-3'), active, ports)
      expect(settings.map(({ state }) => state)).toEqual(['ok'])
      await off(ports, 'boot-1', new Date(0))
      const calls = read('/log')
        .split('\n')
        .filter((line) => !line.startsWith('verify'))
      expect(calls).toEqual([
        'start  1-3',
        'stop full_rollback 1-3',
        'start  2-3',
        'stop full_rollback 2-3',
        '',
      ])
    })

    it('that a crash kept from its start needs no stop', () => {
      const { ports, read } = machine()
      expect(script.restore(REF, { started: false }, null, ports)).toEqual({ outcome: 'unchanged' })
      expect(read('/log')).toBe('')
    })
  },
)

it('a script that is not there is unsupported', () => {
  const { ports } = machineDir()
  expect(script.read(REF, ports)).toEqual({ unsupported: `${PATH} is not there, or not executable` })
})
