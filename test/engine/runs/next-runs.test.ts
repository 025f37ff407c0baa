import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nextRuns } from '../../../src/engine/runs/next-runs.ts'
import { machineDir } from '../../support/machine-dir.ts'

/** As systemd 252 answers `systemctl list-timers --all --output=json`. */
const LISTED = `[{"next":1795402800000000,"left":1795402800000000,"last":1795385108152000,"passed":1795385108152000,"unit":"quietcore-validate@night.timer","activates":"quietcore-validate@night.service"},{"next":1795399335973401,"left":1795399335973401,"last":0,"passed":0,"unit":"quietcore-verify.timer","activates":"quietcore-verify.service"},{"next":null,"left":null,"last":null,"passed":null,"unit":"quietcore-validate@once.timer","activates":"quietcore-validate@once.service"}]\n`

function machine(systemctl: string) {
  const made = machineDir({ '/usr/bin/systemctl': `#!/bin/sh\n${systemctl}`, '/listed.json': LISTED })
  mkdirSync(join(made.dir, 'bin'))
  for (const name of ['sh', 'cat']) copyFileSync('/bin/busybox', join(made.dir, 'bin', name))
  chmodSync(join(made.dir, 'usr/bin/systemctl'), 0o755)
  return made
}

describe.skipIf(process.geteuid?.() !== 0 || !existsSync('/bin/busybox'))(
  'the next runs (needs root and busybox-static)',
  () => {
    it('are those of quietcore’s timers, with the time of the last one', async () => {
      const { ports, read } = machine('echo "$*" > /asked; cat /listed.json\n')
      expect(await nextRuns(ports)).toEqual([
        {
          suite: 'night',
          unit: 'quietcore-validate@night.timer',
          next: '2026-11-23T03:00:00.000Z',
          last: '2026-11-22T22:05:08.152Z',
        },
        { suite: null, unit: 'quietcore-verify.timer', next: '2026-11-23T02:02:15.973Z', last: null },
        { suite: 'once', unit: 'quietcore-validate@once.timer', next: null, last: null },
      ])
      expect(read('/asked')).toBe(
        'list-timers --all --output=json quietcore-validate@*.timer quietcore-verify.timer\n',
      )
    })

    it('are not known where systemd prints its table instead, or refuses', async () => {
      expect(await nextRuns(machine('echo "NEXT LEFT LAST"').ports)).toEqual([])
      expect(await nextRuns(machine('exit 1').ports)).toEqual([])
      expect(await nextRuns(machineDir().ports)).toEqual([])
    })
  },
)
