import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import type { MachineDir } from './machine-dir.ts'

const ANALYZE = '/usr/bin/systemd-analyze'
const BUSYBOX = '/bin/busybox'

/** Why a made machine cannot run systemd's programs here; undefined: it can. */
export const noSystemdPrograms =
  process.geteuid?.() !== 0
    ? 'needs root, for chroot'
    : [ANALYZE, BUSYBOX].find((path) => !existsSync(path)) && 'needs systemd and busybox-static'

/** Keeps each call in /calls, and which timers are active in /active: what a manager would remember. */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >> /calls
[ -e /refuse ] && grep -qx "$*" /refuse && { echo "Failed to $1: $(cat /refusal)" >&2; exit 1; }
case "$1" in
start) while [ "$1" != -- ]; do shift; done; echo "$2" >> /active ;;
stop) shift 2; for t; do grep -vx "$t" /active > /active.new; mv /active.new /active; done ;;
daemon-reload) rm -f /stale ;;
show)
  while [ "$1" != -- ]; do shift; done; shift
  for t; do
    [ -n "$again" ] && echo; again=1
    echo "Id=$t"
    if grep -qx "$t" /active; then echo ActiveState=active; else echo ActiveState=inactive; fi
    if [ -e /stale ]; then echo NeedDaemonReload=yes; else echo NeedDaemonReload=no; fi
  done ;;
esac
exit 0
`

/** Gives a made machine the real systemd-analyze, and a systemctl that keeps what it was called with. */
export function installSystemd({ dir, write }: MachineDir): void {
  cpSync(analyzeFolder(), dir, { recursive: true })
  mkdirSync(join(dir, 'bin'), { recursive: true })
  copyFileSync(BUSYBOX, join(dir, 'bin/sh'))
  for (const name of ['grep', 'cat', 'mv', 'rm']) copyFileSync(BUSYBOX, join(dir, 'bin', name))
  write('/usr/bin/systemctl', SYSTEMCTL)
  write('/calls', '')
  write('/active', '')
  for (const path of ['bin/sh', 'usr/bin/systemctl']) chmodSync(join(dir, path), 0o755)
}

let kept: string | undefined
afterAll(() => kept && rmSync(kept, { recursive: true, force: true }))

/** systemd-analyze and its libraries, gathered once. */
function analyzeFolder(): string {
  if (kept !== undefined) return kept
  const folder = mkdtempSync(join(tmpdir(), 'quietcore-systemd-'))
  const libraries = spawnSync('ldd', [ANALYZE], { encoding: 'utf8' }).stdout.match(/\/[^ )]+/g) ?? []
  for (const path of [ANALYZE, ...libraries]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    copyFileSync(path, join(folder, path))
  }
  kept = folder
  return folder
}
