import { type Command, Option } from 'commander'
import { findReporter, REPORTERS } from '../../core/report/reporters.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { LOADS, type Load, SUITE_TOOLS } from '../../core/suite/suite.ts'
import { parseDurationS } from '../../core/suite/time.ts'
import { parseThresholdArgument } from '../../core/verdict/parse-threshold.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import { chooseSuite } from '../../engine/measure/choose-suite.ts'
import { profileThresholds } from '../../engine/measure/profile-thresholds.ts'
import { openSuites } from '../../engine/measure/suite-library.ts'
import { validate as measure } from '../../engine/measure/validate.ts'
import { openMachine } from '../../engine/open-machine.ts'
import type { Machine } from '../../settings/kind.ts'
import { onInterruption } from '../interruption.ts'
import { type CommonOptions, command } from '../options.ts'
import { note } from '../output.ts'
import { progressBar } from '../progress-bar.ts'
import { runScheduled } from '../run-scheduled.ts'
import { isForService, validateByService } from '../validate-by-service.ts'
import { version } from '../version.ts'
import { formatOf, VERDICT_EXIT, writeReport } from '../write-report.ts'

interface ValidateCommandOptions extends CommonOptions {
  cpus?: string
  duration?: number
  tool?: string
  threshold?: Threshold[]
  load?: Load
  force?: boolean
  failFast?: boolean
  taskset?: boolean
  format?: string
  output?: string
  scheduled?: boolean
}

const EXAMPLE = `quietcore validate quick
quietcore validate --tool cyclictest --cpus 2-5 --duration 1h --threshold 'cyclictest.max=<20us'
quietcore validate acceptance --format html --output proof.html`

export function validate(): Command {
  return withReportOptions(
    command(EXAMPLE)
      .argument('[suite]', 'suite of /etc/quietcore/suites.d or of quietcore, or the path of one', undefined)
      .option('--cpus <cpulist>', "the CPUs to measure: '2-5,8', or 'isolated'")
      .option('--duration <time>', "how long each tool runs: '60s', '12h'; default: the suite's", (text) =>
        parseDurationS(text),
      )
      .addOption(new Option('--tool <name>', 'run only this tool').choices(SUITE_TOOLS))
      .addOption(new Option('--load <name>', 'background load on the housekeeping CPUs').choices(LOADS))
      .option('--fail-fast', 'end the run as soon as a limit is broken')
      .option('--taskset', 'bind the whole tool to one CPU with taskset instead of pinning its threads')
      .option('--force', 'measure although a guest or a real-time task lives on the CPUs')
      .addOption(
        new Option(
          '--scheduled',
          'as a timer calls it: a slot that cannot be used is recorded, the answer is one line',
        ).conflicts(['cpus', 'duration', 'tool', 'threshold', 'load', 'failFast', 'taskset', 'force']),
      ),
  ).action(run)
}

/** Options that `validate` and `report` share. */
export function withReportOptions(made: Command): Command {
  return made
    .option(
      '--threshold <limit>',
      "what must hold, with its comparison: 'cyclictest.max=<20us', 'oslat.p99.999=<=20us' (may be given again)",
      (text: string, earlier: Threshold[] = []) => [...earlier, parseThresholdArgument(text)],
    )
    .addOption(
      new Option('--format <name>', 'format of the report').choices(REPORTERS.map(({ name }) => name)),
    )
    .option('--output <file>', 'write the report to this file instead of standard output')
}

async function run(name: string | undefined, options: ValidateCommandOptions): Promise<void> {
  const machine = openMachine(options.root)
  if (options.scheduled) return runScheduled(name, () => chosen(name, machine, options), machine, options)
  const suite = chosen(name, machine, options)
  const format = findReporter(formatOf(options)).name
  const report = { format, output: options.output }
  if (isForService(name, options, machine) && (await validateByService(suite, machine, report))) return
  const bar = progressBar()
  const interruption = onInterruption('the tool is ended and what it measured is kept')
  try {
    const { record, folder, raw } = await measure(suite, machine, {
      force: options.force ?? false,
      pin: options.taskset ? 'taskset' : 'affinity',
      self: process.pid,
      quietcoreVersion: version,
      signal: interruption.signal,
      onProgress: bar.show,
    })
    bar.clear()
    writeReport(record, { ...report, raw })
    note(`The run is kept in ${folder}.`)
    process.exitCode = VERDICT_EXIT[record.verdict.result]
  } finally {
    bar.clear()
    interruption.done()
  }
}

function chosen(name: string | undefined, machine: Machine, options: ValidateCommandOptions): Suite {
  return chooseSuite(
    {
      ...(name === undefined ? {} : { name }),
      ...(options.tool === undefined ? {} : { tool: options.tool }),
      ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
      ...(options.duration === undefined ? {} : { durationS: options.duration }),
      ...(options.load === undefined ? {} : { load: options.load }),
      ...(options.failFast === undefined ? {} : { failFast: options.failFast }),
      thresholds: options.threshold ?? [],
      profileThresholds: profileThresholds(machine),
    },
    openSuites(machine.ports.root),
  )
}
