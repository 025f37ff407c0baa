import { Board } from '../../src/daemon/board.ts'
import { ParkedWork } from '../../src/daemon/parked-work.ts'
import { Problems } from '../../src/daemon/problems.ts'
import type { ServiceParts } from '../../src/daemon/service-parts.ts'
import { Told } from '../../src/daemon/told.ts'
import type { Tuner } from '../../src/daemon/tuner.ts'
import { WorkQueue } from '../../src/daemon/work-queue.ts'
import type { OpenNotifier } from '../../src/host/notifier.ts'
import type { Ports } from '../../src/host/ports.ts'

/** The parts of a service in this process: `tuner` answers what its processes would, and nobody hears what is told. */
export function madeParts(
  ports: Ports,
  tuner: Partial<Tuner>,
  more: Partial<ServiceParts> = {},
): ServiceParts & { logged: string[] } {
  const logged: string[] = []
  const log = { write: (level: string, message: string) => void logged.push(`${level}: ${message}`) }
  const problems = new Problems(() => new Date('2026-11-22T12:00:00Z'), log)
  return {
    ports,
    board: new Board('0.1.0', problems, SILENT),
    queue: new WorkQueue(() => performance.now()),
    parked: new ParkedWork(ports.root),
    tuner: tuner as Tuner,
    told: new Told(ports.root),
    stop: new AbortController().signal,
    readConfig: () => ({ drift: 'report', keepRuns: 30, keepDays: 365, logLevel: 'info' }),
    setLogLevel: () => {},
    configured: async () => {},
    extendStart: () => {},
    reloading: () => {},
    logged,
    ...more,
  }
}

const SILENT: OpenNotifier = {
  watchdogMs: undefined,
  ready: () => {},
  status: () => {},
  reloading: () => {},
  stopping: () => {},
  alive: () => {},
  extend: () => {},
  sent: async () => {},
}
