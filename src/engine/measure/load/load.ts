import type { CpuSet } from '../../../core/cpu/cpu-set.ts'
import type { Load } from '../../../core/suite/suite.ts'
import type { Runner } from '../../../host/ports.ts'
import { endingWithUs } from '../end-with-us.ts'
import { forkSignalCommand } from './fork-signal.ts'
import { stressNgCommand } from './stress-ng.ts'

/** Background work that runs while a tool measures. */
export interface RunningLoad {
  argv: readonly string[]
  /** what it printed when it ended too early, else undefined */
  died(): string | undefined
  /** ends it with all its children; resolves when they are gone */
  stop(): Promise<void>
}

/**
 * Starts the suite's load on the housekeeping CPUs; undefined for `none`. The load ends by itself a while after
 * `durationS`, so that not even a quietcore that was killed leaves it behind for ever.
 * @throws MachineError `no-such-program`
 */
export function startLoad(
  load: Load,
  cpus: CpuSet,
  durationS: number,
  runner: Runner,
): RunningLoad | undefined {
  if (load === 'none') return undefined
  const argv =
    load === 'stress-ng' ? stressNgCommand(cpus, durationS, runner) : forkSignalCommand(cpus, durationS)
  const end = new AbortController()
  let stopped = false
  let died: string | undefined
  const running = runner
    .run(endingWithUs(argv, 'TERM', runner), { signal: end.signal, ownSession: true })
    .then(
      (result) => {
        if (!stopped)
          died = `${load} ended early (exit ${result.exitCode}): ${result.stderr.trim().split('\n').at(-1) ?? ''}`
      },
      (error: unknown) => {
        died = `${load} could not run: ${error instanceof Error ? error.message : String(error)}`
      },
    )
  return {
    argv,
    died: () => died,
    async stop() {
      stopped = true
      end.abort()
      await running
    },
  }
}
