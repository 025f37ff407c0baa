import type { Reporter } from './reporter.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'

type Labels = Record<string, string>
type Sample = readonly [labels: Labels, value: number | null]

/**
 * Prometheus text format 0.0.4 for node_exporter's textfile collector. Values are of the last run, so all are gauges,
 * in seconds as Prometheus wants them. What is not known has no sample: an alert on a missing series is better than a 0.
 */
export const prometheusReporter: Reporter = {
  name: 'prometheus',
  extension: 'prom',
  render(run) {
    const base: Labels = { suite: run.suite?.name ?? run.id }
    const { verdict } = run
    const results = ['pass', 'fail', 'undecided'] as const
    return [
      ...family('quietcore_run_verdict', 'Verdict of the last run: 1 for the result that it had.', [
        ...results.map((result) => [{ ...base, result }, verdict.result === result ? 1 : 0] as const),
      ]),
      ...family('quietcore_run_checks', 'Checks of the last run by result.', [
        ...results.map(
          (result) =>
            [{ ...base, result }, verdict.checks.filter((check) => check.result === result).length] as const,
        ),
      ]),
      ...family(
        'quietcore_run_doubts',
        'Reasons for which the last run could not pass, apart from its checks.',
        [[base, verdict.doubts.length]],
      ),
      ...family('quietcore_run_start_timestamp_seconds', 'When the last run started.', [
        [base, run.startedAt === null ? null : Date.parse(run.startedAt) / 1000],
      ]),
      ...family('quietcore_run_duration_seconds', 'How long the last run took.', [[base, run.durationS]]),
      ...perCpu(run, base, 'quietcore_latency_samples', 'Samples taken.', (cpu) => [[{}, cpu.samples]]),
      ...perCpu(run, base, 'quietcore_latency_overflow_samples', 'Samples beyond the histogram.', (cpu) => [
        [{}, cpu.overflows],
      ]),
      ...perCpu(run, base, 'quietcore_latency_min_seconds', 'Smallest latency.', (cpu) => [
        [{}, s(cpu.minUs)],
      ]),
      ...perCpu(run, base, 'quietcore_latency_mean_seconds', 'Mean latency.', (cpu) => [[{}, s(cpu.meanUs)]]),
      ...perCpu(run, base, 'quietcore_latency_max_seconds', 'Largest latency.', (cpu) => [
        [{}, s(cpu.maxUs)],
      ]),
      ...perCpu(
        run,
        base,
        'quietcore_latency_percentile_seconds',
        'Percentile of the latency; absent where it lies in the overflow or the samples cannot carry it.',
        (cpu) => Object.entries(cpu.percentilesUs).map(([percentile, us]) => [{ percentile }, s(us)]),
      ),
      ...family('quietcore_latency_events', 'Events above the threshold of the tool.', [
        ...run.measurements.map((one) => [{ ...base, ...measurementLabels(one) }, one.eventCount] as const),
      ]),
      '',
    ].join('\n')
  },
}

function perCpu(
  run: RunRecord,
  base: Labels,
  name: string,
  help: string,
  values: (cpu: CpuRecord) => Sample[],
): string[] {
  return family(
    name,
    help,
    run.measurements.flatMap((measurement) =>
      measurement.cpus.flatMap((cpu) =>
        values(cpu).map(
          ([labels, value]) =>
            [{ ...base, ...measurementLabels(measurement), ...cpuLabels(cpu), ...labels }, value] as const,
        ),
      ),
    ),
  )
}

function measurementLabels({ step, tool }: MeasurementRecord): Labels {
  return { step: step ?? tool, tool }
}

function cpuLabels({ cpu, thread, context }: CpuRecord): Labels {
  return {
    cpu: cpu === null ? '' : String(cpu),
    ...(cpu === null && thread !== null && { thread: String(thread) }),
    ...(context !== null && { context }),
  }
}

/** Microseconds to seconds, without the noise of a division: 14 is 0.000014. */
function s(us: number | null): number | null {
  return us === null ? null : Number((us / 1e6).toPrecision(12))
}

function family(name: string, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.flatMap(([labels, value]) => {
    if (value === null || !Number.isFinite(value)) return []
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return [`${name}{${inside.join(',')}} ${value}`]
  })
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines]
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
