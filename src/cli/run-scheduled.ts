import { EXIT, InputError } from '../core/errors.ts'
import { findReporter } from '../core/report/reporters.ts'
import type { Suite } from '../core/suite/suite.ts'
import { validateScheduled } from '../engine/measure/validate-scheduled.ts'
import type { Machine } from '../settings/kind.ts'
import { onInterruption } from './interruption.ts'
import { note, printJson } from './output.ts'
import { version } from './version.ts'
import { formatOf, VERDICT_EXIT, writeReport } from './write-report.ts'

export interface ScheduledRunOptions {
  json?: boolean
  format?: string
  output?: string
}

/** `validate SUITE --scheduled`: one line for the journal, what was asked for on stdout, exit 0 for a skipped slot. */
export async function runScheduled(
  name: string | undefined,
  load: () => Suite,
  machine: Machine,
  options: ScheduledRunOptions,
): Promise<void> {
  if (name === undefined) {
    throw new InputError({ code: 'usage', message: '--scheduled needs the name of a suite' })
  }
  const interruption = onInterruption('the tool is ended and what it measured is kept')
  try {
    const done = await validateScheduled(name, load, machine, {
      pin: 'affinity',
      self: process.pid,
      quietcoreVersion: version,
      signal: interruption.signal,
    })
    if ('missed' in done) {
      const { reason, next } = done.missed
      note(`quietcore: suite ${name} skipped: ${reason}${next === null ? '' : `. ${next}`}`)
      if (options.json) printJson({ missed: done.missed })
      process.exitCode = EXIT.done
      return
    }
    const { record, folder, raw } = done.measured
    const { result, reasons } = record.verdict
    note(`quietcore: suite ${name}: ${result} (${folder}): ${reasons.join(' ')}`)
    if (options.json || options.format !== undefined || options.output !== undefined) {
      writeReport(record, { format: findReporter(formatOf(options)).name, output: options.output, raw })
    }
    process.exitCode = VERDICT_EXIT[result]
  } finally {
    interruption.done()
  }
}
