import type { Suite } from '../core/suite/suite.ts'
import { isInstanceName } from '../core/suite/suite-name.ts'
import { runByService } from '../engine/measure/run-by-service.ts'
import type { Machine } from '../settings/kind.ts'
import { onInterruption } from './interruption.ts'
import { note } from './output.ts'
import { progressBar } from './progress-bar.ts'
import { VERDICT_EXIT, writeReport } from './write-report.ts'

/** A suite as it is, which the service can start as its unit; with measuring options it is another one. */
export function isForService(
  name: string | undefined,
  options: object,
  { service, ports }: Machine,
): boolean {
  const changed = ['cpus', 'duration', 'tool', 'threshold', 'load', 'failFast', 'taskset', 'force']
  const asItIs = changed.every((option) => !(option in options))
  return asItIs && service && ports.root.live && name !== undefined && isInstanceName(name)
}

/** `validate NAME` by the running service. Answers false when there is none after all. */
export async function validateByService(
  suite: Suite,
  { ports }: Machine,
  { format, output }: { format: string; output?: string | undefined },
): Promise<boolean> {
  const bar = progressBar()
  const interruption = onInterruption('the unit is ended and what it measured is kept')
  try {
    const { signal } = interruption
    const run = await runByService(suite, ports, { signal, onProgress: bar.show })
    bar.clear()
    if (run === undefined) return false
    writeReport(run.record, { format, output, raw: run.raw })
    note(`The run is kept in ${run.folder}.`)
    process.exitCode = VERDICT_EXIT[run.record.verdict.result]
    return true
  } finally {
    bar.clear()
    interruption.done()
  }
}
