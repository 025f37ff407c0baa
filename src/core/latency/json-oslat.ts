import { readOptions } from './argv.ts'
import { checkCpus, checkDuration, checkOrder, orderedThreads, reportedDurationS } from './json-head.ts'
import type { JsonReport } from './json-run.ts'
import type { Measurement } from './measurement.ts'
import { oslatCore } from './oslat-result.ts'

/** Buckets of oslat without -b (oslat.8). */
const DEFAULT_BUCKETS = 32
const DEFAULT_WIDTH_NS = 1000

/** The JSON of oslat: labels of buckets as keys, the last bucket holds the overflow, return_code is always 0. */
export function oslatJson(report: JsonReport): Measurement {
  const { findings, head, argv } = report
  const options = readOptions('oslat', argv)
  const widthNs = argv === null ? DEFAULT_WIDTH_NS : (options.width ?? DEFAULT_WIDTH_NS)
  const timesInNs = widthNs % 1000 !== 0
  const buckets = options.buckets ?? DEFAULT_BUCKETS
  const threads = orderedThreads(report, { ...options, threads: null })
  const cpus = threads.map(([number, { numbers, histogram }]) => {
    const cpu = oslatCore(
      {
        cpu: numbers.get('cpu') ?? null,
        thread: number,
        min: numbers.get('min') ?? null,
        avg: numbers.get('avg') ?? null,
        max: numbers.get('max') ?? null,
        durationS: numbers.get('duration') ?? null,
        pages: histogram && histogram.entries > 0 ? histogram.pages.finish() : null,
        lastLabel: findings.has('truncated') || findings.has('damaged-row') ? null : buckets,
      },
      widthNs,
      timesInNs,
      findings,
    )
    if (cpu.maxUs === null) findings.doubt('missing-values', `thread ${number} has no max`)
    checkOrder(report, `thread ${number}`, { ...cpu, meanUs: null })
    return cpu
  })
  if (cpus.length === 0) findings.doubt('no-samples', 'no thread is in the report')
  if (options.cpus) checkCpus(report, options, cpus)
  const durations = threads.flatMap(([, { numbers }]) => numbers.get('duration') ?? [])
  const durationS = durations.length > 0 ? Math.min(...durations) : reportedDurationS(report)
  const broken = options.breakUs !== null && cpus.some((cpu) => (cpu.maxUs ?? 0) > options.breakUs!)
  if (broken)
    findings.doubt(
      'limit-broken',
      `a latency is above the limit of ${options.breakUs} us (-T), which ends a run early`,
    )
  else checkDuration(report, options.durationS, durationS)
  return {
    tool: 'oslat',
    toolVersion: head.get('rt_test_version') ?? null,
    format: 'oslat JSON',
    argv,
    wantedDurationS: options.durationS,
    durationS,
    intervalUs: null,
    cpus,
    events: [],
    toolThresholdUs: options.breakUs,
    exitCode: report.context.exitCode ?? null,
    findings: findings.list(),
  }
}
