import { MachineError } from '../core/errors.ts'
import type { Ports, RunResult } from '../host/ports.ts'

/** Starting a service takes up to systemd's own DefaultTimeoutStartSec= of 90 s. */
const START_TIMEOUT_MS = 100_000

/** True where a systemd manager runs that can be asked (sd_booted(3) looks at the same folder). */
export function systemdRuns({ root, runner }: Pick<Ports, 'root' | 'runner'>): boolean {
  return root.live && root.exists('/run/systemd/system') && runner.find('systemctl') !== undefined
}

/** Reads unit files anew and restarts the unit if it runs; nothing where no systemd runs. */
export function restartUnit(unit: string, ports: Ports): void {
  if (!systemdRuns(ports)) return
  systemctl(['daemon-reload'], ports)
  systemctl(['try-restart', unit], ports)
}

/** @throws MachineError `systemctl-failed` */
export function systemctl(args: readonly string[], { runner }: Pick<Ports, 'runner'>): RunResult {
  const result = runner.runSync(['systemctl', ...args], { timeoutMs: START_TIMEOUT_MS })
  if (result.exitCode === 0) return result
  throw new MachineError({
    code: 'systemctl-failed',
    message: `\`systemctl ${args.join(' ')}\` ${result.timedOut ? 'did not end in time' : `ended with ${result.exitCode}`}: ${lastLine(result.stderr)}`,
    next: 'Run it by hand and look at `journalctl -e`.',
  })
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
