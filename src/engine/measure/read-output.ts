import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError } from '../../core/errors.ts'
import type { Finding, Measurement } from '../../core/latency/measurement.ts'
import { createParser } from '../../core/latency/parser.ts'
import type { SuiteStep } from '../../core/suite/suite.ts'
import type { RawRun } from './execute.ts'
import { findTool } from './tools.ts'

/** oslat begins its messages with the path it was started by. */
const OWN_PATH = /^\/\S*\/(?=oslat: )/gm

/**
 * The Measurement in what a tool printed. A tool that was ended before it printed anything gives one without CPUs
 * and with the finding `no-output`: never a pass, and its raw output is kept.
 */
export function readOutput(
  raw: RawRun,
  step: SuiteStep,
  cpus: CpuSet,
  findings: readonly Finding[],
  toolVersion: string | null,
): Measurement {
  const argv = withoutTaskset(raw.argv)
  const read = parse(raw, argv)
  const measurement = read ?? nothing(step, raw, argv)
  const broken = findTool(step.tool).broken?.(raw.stderr)
  const known = measurement.cpus.length === 0 && broken ? [broken] : measurement.cpus
  const pinned = argv !== raw.argv && cpus.size === 1 ? cpus.first! : null
  return {
    ...measurement,
    toolVersion: measurement.toolVersion ?? toolVersion,
    argv: raw.argv,
    wantedDurationS: measurement.wantedDurationS ?? step.durationS,
    exitCode: raw.exitCode,
    // Bound by taskset the tool does not know its CPU, but we do.
    cpus: known.map((one) => (one.cpu === null && pinned !== null ? { ...one, cpu: pinned } : one)),
    findings: [...measurement.findings, ...findings],
  }
}

/** stderr too: oslat says there which limit was broken, and prints no table then. */
function parse(raw: RawRun, argv: readonly string[]): Measurement | undefined {
  const parser = createParser({ argv, ...(raw.exitCode === null ? {} : { exitCode: raw.exitCode }) })
  try {
    for (const text of [raw.stdout, raw.stderr]) parser.write(Buffer.from(text.replaceAll(OWN_PATH, '')))
    return parser.end().measurements[0]
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

function nothing(step: SuiteStep, raw: RawRun, argv: readonly string[]): Measurement {
  const said = raw.stderr.trim().split('\n').at(-1) ?? ''
  return {
    tool: step.tool,
    toolVersion: null,
    format: 'none',
    argv,
    wantedDurationS: step.durationS,
    durationS: null,
    intervalUs: step.intervalUs ?? null,
    cpus: [],
    events: [],
    toolThresholdUs: step.thresholdUs ?? null,
    exitCode: raw.exitCode,
    findings: [
      {
        code: 'no-output',
        message: `${step.tool} printed no measurement${said === '' ? '' : `: ${said}`}`,
        trust: false,
      },
    ],
  }
}

function withoutTaskset(argv: readonly string[]): readonly string[] {
  return argv[0] === 'taskset' ? argv.slice(3) : argv
}
