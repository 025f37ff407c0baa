import { systemClock } from '../../../src/host/clock.ts'
import type { Ports } from '../../../src/host/ports.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'

/** The real root directory and runner; the log is kept, tasks are nobody's business here. */
export function portsFor(dir: string): Ports & { told: string[] } {
  const root = openRoot(dir)
  const told: string[] = []
  return {
    root,
    runner: openRunner(root),
    tasks: undefined as never,
    clock: systemClock,
    log: { write: (_level, message) => told.push(message) },
    told,
  }
}
