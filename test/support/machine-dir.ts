import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openPorts } from '../../src/engine/open-ports.ts'
import type { Ports } from '../../src/host/ports.ts'

export interface MachineDir {
  dir: string
  ports: Ports
  read(path: string): string
  write(path: string, text: string): void
}

/** A root directory with these files, gone after the test. */
export function machineDir(files: Readonly<Record<string, string>> = {}): MachineDir {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  return {
    dir,
    ports: { ...openPorts(dir), log: { write: () => {} } },
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    write,
  }
}
