import type { Runner } from '../../host/ports.ts'
import { endingWithUs } from './end-with-us.ts'
import type { ToolCommand } from './tool.ts'

/** Why a run ended: by itself, by its time-out, by a broken limit that was seen live, or by a signal to quietcore. */
export type Ending = 'itself' | 'time-out' | 'limit' | 'interrupted'

/** One run of one tool, raw. */
export interface RawRun {
  argv: readonly string[]
  exitCode: number | null
  signal: string | null
  stdout: string
  stderr: string
  ending: Ending
  durationMs: number
}

/** A tool may need this much longer than asked (start, pre-heat, printing), or 5 % of a long run. */
const MARGIN_MS = 30_000
const MARGIN_PART = 0.05

export function timeoutMs(durationS: number): number {
  return Math.round(durationS * 1000 + Math.max(MARGIN_MS, durationS * 1000 * MARGIN_PART))
}

/**
 * Runs a tool to its end, its time-out, a broken limit, or until `signal`; in each case it is asked to end by SIGINT,
 * on which every one of them prints its report, and what it printed is kept.
 */
export async function execute(
  command: ToolCommand,
  runner: Runner,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<RawRun> {
  const limit = new AbortController()
  const signals = options.signal ? [options.signal, limit.signal] : [limit.signal]
  const { breaks } = command
  const result = await runner.run(endingWithUs(command.argv, 'INT', runner), {
    env: command.env,
    timeoutMs: options.timeoutMs,
    signal: AbortSignal.any(signals),
    endWith: 'SIGINT',
    ownSession: true,
    ...(breaks === undefined ? {} : { onStdout: eachLine((line) => breaks(line) && limit.abort()) }),
  })
  const ending: Ending = options.signal?.aborted
    ? 'interrupted'
    : limit.signal.aborted
      ? 'limit'
      : result.timedOut
        ? 'time-out'
        : 'itself'
  const { exitCode, signal, stdout, stderr, durationMs } = result
  return { argv: command.argv, exitCode, signal, stdout, stderr, ending, durationMs }
}

/** Calls back for each whole line of what comes in chunks. */
function eachLine(onLine: (line: string) => unknown): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}
