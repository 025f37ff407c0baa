import { family, type Labels, oneOf, type Sample, timestampS } from './exposition.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'

type ExposedCpu = Omit<CpuRecord, 'histogram'>
type ExposedMeasurement = Pick<MeasurementRecord, 'step' | 'tool' | 'eventCount'> & {
  cpus: readonly ExposedCpu[]
}

/** What the metrics of a run are made of: a run record, or one without its histograms. */
export type ExposedRun = Pick<RunRecord, 'id' | 'suite' | 'startedAt' | 'durationS' | 'verdict'> & {
  measurements: readonly ExposedMeasurement[]
}

const RESULTS = ['pass', 'fail', 'undecided'] as const

/**
 * The metrics of runs, at most one of each suite. Values are of the last run, so all are gauges, in seconds as
 * Prometheus wants them. A family stands once, with the samples of all runs: a text with two is refused.
 */
export function runFamilies(runs: readonly ExposedRun[]): string[] {
  const each = (samples: (run: ExposedRun, base: Labels) => readonly Sample[]) =>
    runs.flatMap((run) => samples(run, { suite: suiteOf(run) }))
  const perCpu = (name: string, help: string, values: (cpu: ExposedCpu) => Sample[]) =>
    family(
      name,
      help,
      each((run, base) => cpuSamples(run, base, values)),
    )
  return [
    ...family(
      'quietcore_run_verdict',
      'Verdict of the last run: 1 for the result that it had.',
      each(({ verdict }, base) => oneOf(base, 'result', RESULTS, verdict.result)),
    ),
    ...family(
      'quietcore_run_checks',
      'Checks of the last run by result.',
      each(({ verdict }, base) =>
        RESULTS.map((result) => [
          { ...base, result },
          verdict.checks.filter((check) => check.result === result).length,
        ]),
      ),
    ),
    ...family(
      'quietcore_run_doubts',
      'Reasons for which the last run could not pass, apart from its checks.',
      each(({ verdict }, base) => [[base, verdict.doubts.length]]),
    ),
    ...family(
      'quietcore_run_start_timestamp_seconds',
      'When the last run started.',
      each(({ startedAt }, base) => [[base, timestampS(startedAt)]]),
    ),
    ...family(
      'quietcore_run_duration_seconds',
      'How long the last run took.',
      each(({ durationS }, base) => [[base, durationS]]),
    ),
    ...perCpu('quietcore_latency_samples', 'Samples taken.', (cpu) => [[{}, cpu.samples]]),
    ...perCpu('quietcore_latency_overflow_samples', 'Samples beyond the histogram.', (cpu) => [
      [{}, cpu.overflows],
    ]),
    ...perCpu('quietcore_latency_min_seconds', 'Smallest latency.', (cpu) => [[{}, seconds(cpu.minUs)]]),
    ...perCpu('quietcore_latency_mean_seconds', 'Mean latency.', (cpu) => [[{}, seconds(cpu.meanUs)]]),
    ...perCpu('quietcore_latency_max_seconds', 'Largest latency.', (cpu) => [[{}, seconds(cpu.maxUs)]]),
    ...perCpu(
      'quietcore_latency_percentile_seconds',
      'Percentile of the latency; absent where it lies in the overflow or the samples cannot carry it.',
      (cpu) => Object.entries(cpu.percentilesUs).map(([percentile, us]) => [{ percentile }, seconds(us)]),
    ),
    ...family(
      'quietcore_latency_events',
      'Events above the threshold of the tool.',
      each((run, base) =>
        labelled(run).map(([labels, { eventCount }]) => [{ ...base, ...labels }, eventCount]),
      ),
    ),
  ]
}

export function suiteOf({ suite, id }: Pick<ExposedRun, 'suite' | 'id'>): string {
  return suite?.name ?? id
}

function cpuSamples(run: ExposedRun, base: Labels, values: (cpu: ExposedCpu) => Sample[]): Sample[] {
  return labelled(run).flatMap(([step, measurement]) =>
    measurement.cpus.flatMap((cpu) =>
      values(cpu).map(
        ([labels, value]): Sample => [{ ...base, ...step, ...cpuLabels(cpu), ...labels }, value],
      ),
    ),
  )
}

/** Each measurement with its labels: a step that comes again is numbered, as no two series may have one name. */
function labelled(run: ExposedRun): (readonly [Labels, ExposedMeasurement])[] {
  const taken = new Set<string>()
  return run.measurements.map((one) => {
    const name = one.step ?? one.tool
    let step = name
    for (let number = 2; taken.has(step); number++) step = `${name} ${number}`
    taken.add(step)
    return [{ step, tool: one.tool }, one] as const
  })
}

function cpuLabels({ cpu, thread, context }: ExposedCpu): Labels {
  return {
    cpu: cpu === null ? '' : String(cpu),
    ...(cpu === null && thread !== null && { thread: String(thread) }),
    ...(context !== null && { context }),
  }
}

/** Microseconds to seconds, without the noise of a division: 14 is 0.000014. */
function seconds(us: number | null): number | null {
  return us === null ? null : Number((us / 1e6).toPrecision(12))
}
