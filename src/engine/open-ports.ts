import { MachineError } from '../core/errors.ts'
import { systemClock } from '../host/clock.ts'
import { stderrLog } from '../host/log.ts'
import type { Log, Ports } from '../host/ports.ts'
import { openRoot } from '../host/root.ts'
import { openRunner } from '../host/runner.ts'
import { openTasks } from '../host/tasks/open-tasks.ts'

/** The ports of the machine under `dir`. */
export function openPorts(dir: string, log: Log = stderrLog('info')): Ports {
  const root = openRoot(dir)
  const runner = openRunner(root)
  return { root, runner, tasks: openTasks(root, runner), log, clock: systemClock }
}

/** @throws MachineError `not-root` before anything is tried, when this machine is to be changed without privilege */
export function requirePrivilege(ports: Ports, what: string): void {
  if (!ports.root.live || process.geteuid?.() === 0) return
  throw new MachineError({
    code: 'not-root',
    message: `\`quietcore ${what}\` changes this machine and needs root; it runs as user ${process.geteuid?.()}`,
    next: 'Run it with sudo or as root. Nothing was changed.',
  })
}
