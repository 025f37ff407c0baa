import type { Command } from 'commander'
import { EXIT } from '../../core/errors.ts'
import { findReporter } from '../../core/report/reporters.ts'
import { parseDurationS } from '../../core/suite/time.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import { type Reportable, resolveReportable } from '../../engine/runs/resolve-reportable.ts'
import { openRoot } from '../../host/root.ts'
import { type CommonOptions, command } from '../options.ts'
import { version } from '../version.ts'
import { formatOf, VERDICT_EXIT, writeReport } from '../write-report.ts'
import { withReportOptions } from './validate.ts'

interface ReportCommandOptions extends CommonOptions {
  threshold?: Threshold[]
  format?: string
  output?: string
  argv?: string
  duration?: number
}

const EXAMPLE = `quietcore report cyclictest.out --threshold 'cyclictest.max=<20us'
quietcore report latest --format html --output report.html
ssh node7 cyclictest -q -m -p95 -h60 -D60 -a2-5 -t4 | quietcore report - --json`

export function report(): Command {
  return withReportOptions(
    command(EXAMPLE)
      .argument(
        '<what...>',
        "a tool's output files (text or JSON), a run's name, 'latest', a run's folder, or -",
      )
      .option('--argv <line>', 'the command line of the tool, where the file does not say it')
      .option(
        '--duration <time>',
        "how long the run was to be: '12h', where the file does not say it",
        (text) => parseDurationS(text),
      ),
  ).action(async (names: string[], options: ReportCommandOptions) => {
    const format = findReporter(formatOf(options)).name
    const found = await resolveReportable(names, openRoot(options.root), {
      ...(options.threshold === undefined ? {} : { thresholds: options.threshold }),
      ...(options.argv === undefined ? {} : { argv: options.argv.trim().split(/\s+/) }),
      ...(options.duration === undefined ? {} : { durationS: options.duration }),
      quietcoreVersion: version,
    })
    writeReport(found.record, { format, output: options.output, raw: found.raw })
    process.exitCode = exitOf(found)
  })
}

/** A file without thresholds is only read: whether it can be relied on is the answer then. */
function exitOf({ record, trusted }: Reportable): number {
  if (record.thresholds.length > 0) return VERDICT_EXIT[record.verdict.result]
  return trusted ? EXIT.done : EXIT.undecided
}
