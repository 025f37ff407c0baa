import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openControl } from '../../../src/daemon/control/open-control.ts'
import { openPorts } from '../../../src/engine/open-ports.ts'
import type { Log } from '../../../src/host/ports.ts'
import { makeHost } from '../../support/host-machine.ts'
import { type MadeService, makeService } from './made-service.ts'

/** A made host, gone after the test. */
export function host(): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-control-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  makeHost(dir)
  cpSync('profiles', join(dir, 'usr/lib/quietcore/profiles'), { recursive: true })
  mkdirSync(join(dir, 'var/lib/quietcore/runs'), { recursive: true })
  return dir
}

export interface Served {
  dir: string
  socket: string
  service: MadeService
  logged: string[]
  close(): Promise<void>
}

/** A made host with a service behind its control socket. */
export async function served(dir = host()): Promise<Served> {
  const logged: string[] = []
  const log: Log = { write: (level, message) => logged.push(`${level}: ${message}`) }
  const service = makeService(dir)
  const { close } = await openControl(service, openPorts(dir, log))
  onTestFinished(close)
  return { dir, socket: join(dir, 'run/quietcore/control.sock'), service, logged, close }
}
