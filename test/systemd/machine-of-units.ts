import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const TOP = fileURLToPath(new URL('../../', import.meta.url))
const UNITS = 'usr/lib/systemd/system'

/** A root directory with systemd's own units, ours, the programs that ours start, and a suite `x` that has a calendar. */
export function machineOfUnits(): string {
  const root = mkdtempSync(join(tmpdir(), 'quietcore-units-'))
  for (const folder of [UNITS, 'usr/bin', 'bin', 'run', 'etc/systemd/system'])
    mkdirSync(join(root, folder), { recursive: true })
  cpSync(join('/', UNITS), join(root, UNITS), { recursive: true, verbatimSymlinks: true })
  cpSync(join(TOP, 'systemd'), join(root, UNITS), { recursive: true })
  for (const program of ['usr/bin/quietcore', 'bin/kill', 'bin/systemctl']) {
    writeFileSync(join(root, program), '#!/bin/sh\n')
    chmodSync(join(root, program), 0o755)
  }
  const dropIns = join(root, UNITS, 'quietcore-validate@x.timer.d')
  mkdirSync(dropIns)
  writeFileSync(join(dropIns, 'calendar.conf'), '[Timer]\nOnCalendar=daily\n')
  return root
}

export function unitFile(root: string, name: string): string {
  return join(root, UNITS, name)
}
