import { type RunOptions, readOptions } from './argv.ts'
import { Histogram } from './histogram.ts'
import { checkCpus, checkDuration, checkOrder, orderedThreads, reportedDurationS } from './json-head.ts'
import type { JsonReport, JsonThread } from './json-run.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'
import { checkEvenness, checkPeriods } from './periods.ts'
import { histogramMeanUs } from './survival.ts'

const DEFAULT_INTERVAL_US = 1000
const DEFAULT_DISTANCE_US = 500

/**
 * The JSON of cyclictest, and of the other rt-tests that report threads with min, avg and max. It has no overflow field:
 * overflow is cycles less the sum of the histogram. `"cycles": 0` comes with min 1000000, `-nan` and max 0.
 */
export function cyclictestJson(report: JsonReport, tool: string): Measurement {
  const { findings, head, argv } = report
  const options = readOptions(tool, argv)
  const perUs = head.get('resolution_in_ns') === '1' || options.nanoseconds ? 1000 : 1
  const threads = orderedThreads(report, options)
  const cpus = threads.map(([number, thread]) => measured(report, options, number, thread, perUs))
  if (cpus.length === 0) findings.doubt('no-samples', 'no thread is in the report')
  if (options.cpus) checkCpus(report, options, cpus)
  const periodic = tool === 'cyclictest'
  const intervals = threads.map(
    ([number, { numbers }]) =>
      numbers.get('interval') ?? (periodic && argv ? interval(options, number) : null),
  )
  const wantedDurationS =
    options.durationS ?? (options.loops && intervals[0] ? (options.loops * intervals[0]) / 1e6 : null)
  const durationS = reportedDurationS(report)
  const broken = options.breakUs !== null && cpus.some((cpu) => (cpu.maxUs ?? 0) > options.breakUs!)
  if (broken) {
    findings.doubt(
      'limit-broken',
      `a latency is above the limit of ${options.breakUs} us (-b), which ends a run early with return_code 0`,
    )
  } else {
    const named = cpus.map((cpu, index) => ({
      name: `thread ${cpu.thread}`,
      samples: cpu.samples,
      maxUs: cpu.maxUs,
      intervalUs: intervals[index] ?? null,
    }))
    if (periodic) checkPeriods(named, wantedDurationS, findings)
    if (periodic) checkEvenness(named, findings)
    if (options.durationS !== null) checkDuration(report, options.durationS, durationS)
  }
  return {
    tool,
    toolVersion: head.get('rt_test_version') ?? null,
    format: `${tool} JSON`,
    argv,
    wantedDurationS,
    durationS,
    intervalUs: intervals[0] ?? null,
    cpus,
    events: [],
    toolThresholdUs: options.breakUs,
    exitCode: report.context.exitCode ?? null,
    findings: findings.list(),
  }
}

function measured(
  report: JsonReport,
  options: RunOptions,
  number: number,
  thread: JsonThread,
  perUs: number,
): CpuMeasurement {
  const { findings } = report
  const { numbers } = thread
  const cycles = numbers.get('cycles') ?? numbers.get('samples') ?? null
  const us = (name: string) => {
    const value = numbers.get(name) ?? null
    // avg in ns has two digits: no more than five of a us
    return cycles === 0 || value === null ? null : Number((value / perUs).toFixed(5))
  }
  if (cycles === 0) findings.doubt('no-samples', `thread ${number} has no samples`)
  else if (cycles === null || us('max') === null) {
    findings.doubt('missing-values', `thread ${number} has no ${cycles === null ? 'cycles' : 'max'}`)
  }
  const cpu = numbers.get('cpu') ?? null
  const result: CpuMeasurement = {
    cpu: cpu === null || cpu < 0 ? null : cpu,
    thread: number,
    context: null,
    samples: cycles,
    minUs: us('min'),
    meanUs: us('avg'),
    maxUs: us('max'),
    histogram: histogramOf(report, options, number, thread, cycles, perUs),
  }
  checkOrder(report, `thread ${number}`, result)
  if (result.histogram?.complete && cycles !== 0) checkHistogram(report, number, result, perUs)
  return result
}

/** An empty histogram object is what versions before 2.7 print without -h: no histogram was asked for. */
function histogramOf(
  { findings }: JsonReport,
  options: RunOptions,
  number: number,
  { histogram }: JsonThread,
  cycles: number | null,
  perUs: number,
): Histogram | null {
  if (!histogram || (histogram.entries === 0 && options.buckets === null)) return null
  const rest = cycles === null ? 0 : cycles - histogram.counted
  if (rest < 0) {
    findings.doubt(
      'histogram-exceeds-cycles',
      `thread ${number}: ${histogram.counted} samples in the histogram, ${cycles} cycles`,
    )
  }
  const from = options.buckets ?? histogram.last + 1
  return new Histogram(
    {
      bucketNs: 1000 / perUs,
      overflows: Math.max(0, rest),
      overflowFromNs: (from * 1000) / perUs,
      complete: cycles !== null && rest >= 0 && !findings.has('damaged-row') && !findings.has('truncated'),
    },
    histogram.pages.finish(),
  )
}

function checkHistogram({ findings }: JsonReport, number: number, cpu: CpuMeasurement, perUs: number): void {
  const histogram = cpu.histogram!
  const { firstBucket, lastBucket, overflows } = histogram
  const who = `thread ${number}`
  const [min, max] = [cpu.minUs, cpu.maxUs]
  const from = (histogram.overflowFromNs ?? 0) / 1000
  if (min !== null && (firstBucket === -1 ? min < from : min !== histogram.lowerUs(firstBucket))) {
    findings.doubt(
      'min-outside-histogram',
      `${who}: min is ${min} us, the first bucket with samples ${firstBucket / perUs} us`,
    )
  }
  if (max !== null && (overflows > 0 ? max < from : max !== histogram.upperUs(lastBucket))) {
    const where =
      overflows > 0
        ? `${overflows} cycles overflowed ${from} us`
        : `the last bucket with samples is ${lastBucket / perUs} us`
    findings.doubt('max-outside-histogram', `${who}: max is ${max} us, but ${where}`)
  }
  const mean = histogramMeanUs(histogram)
  if (mean === null || cpu.meanUs === null || max === null) return
  const highest = mean.us + (overflows * Math.max(0, max - from)) / histogram.samples
  // avg is printed to two digits
  if (cpu.meanUs < mean.us - 0.011 / perUs || cpu.meanUs > highest + 0.011 / perUs) {
    findings.doubt(
      'average-differs',
      `${who}: avg is ${cpu.meanUs} us, the histogram allows ${mean.us.toFixed(2)} to ${highest.toFixed(2)}`,
    )
  }
}

function interval(options: RunOptions, thread: number): number {
  const distance = options.buckets !== null ? 0 : (options.distanceUs ?? DEFAULT_DISTANCE_US)
  return (options.intervalUs ?? DEFAULT_INTERVAL_US) + thread * distance
}
