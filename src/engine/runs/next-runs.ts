import type { Runner } from '../../host/ports.ts'

/** A timer of quietcore's: a suite's, or that of the verify that finds drift. */
export interface NextRun {
  /** null: verify */
  suite: string | null
  unit: string
  /** ISO 8601; null when its calendar has no moment left */
  next: string | null
  /** ISO 8601; null before the first run */
  last: string | null
}

const TIMEOUT_MS = 10_000

/** When each scheduled suite runs next, as systemd says; empty where there is no systemd, or none that says it in JSON. */
export async function nextRuns({ runner }: { runner: Runner }): Promise<NextRun[]> {
  if (runner.find('systemctl') === undefined) return []
  const patterns = ['quietcore-validate@*.timer', 'quietcore-verify.timer']
  const argv = ['systemctl', 'list-timers', '--all', '--output=json', ...patterns]
  const { exitCode, stdout } = await runner.run(argv, { timeoutMs: TIMEOUT_MS })
  if (exitCode !== 0) return []
  return parseTimers(stdout).map(({ unit, next, last }) => ({
    suite: /^quietcore-validate@(.+)\.timer$/.exec(unit)?.[1] ?? null,
    unit,
    next: isoOfUs(next),
    last: isoOfUs(last),
  }))
}

interface ListedTimer {
  unit: string
  /** us since 1970; 0 or null: none */
  next: number | null
  last: number | null
}

function parseTimers(text: string): ListedTimer[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter((one) => typeof one?.unit === 'string') : []
  } catch {
    // systemd before 249 knows no JSON here and prints its table.
    return []
  }
}

function isoOfUs(us: number | null): string | null {
  // USEC_INFINITY is systemd's "never"
  return typeof us === 'number' && us > 0 && us < 8.64e18 ? new Date(us / 1000).toISOString() : null
}
