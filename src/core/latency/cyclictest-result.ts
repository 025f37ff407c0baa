import type { RunOptions } from './argv.ts'
import { checkAgainstFooter } from './cyclictest-checks.ts'
import type { CyclictestText } from './cyclictest-text.ts'
import { cpuOf, fromDump, fromThreadLines } from './cyclictest-threads.ts'
import { Histogram } from './histogram.ts'
import type { CpuMeasurement, Measurement } from './measurement.ts'
import { checkEvenness, checkPeriods } from './periods.ts'

/** cyclictest's own default of -i, us (cyclictest.8). */
const DEFAULT_INTERVAL_US = 1000

/** One Measurement out of what was read, with what does not fit together as findings. */
export function cyclictestMeasurement(read: CyclictestText, options: RunOptions): Measurement {
  const perUs = options.nanoseconds || read.threads.nanoseconds ? 1000 : 1
  const { findings, footer } = read
  const argv = read.context.argv ?? null
  if (read.threads.unitUnknown && !read.threads.nanoseconds && argv === null) {
    findings.doubt(
      'unit-unknown',
      'the times are taken as us, but may be ns (-N): the columns are as wide as in either',
    )
  }
  const cpus =
    read.columns.rows > 0 || read.header || footer.mins !== null
      ? fromHistogram(read, options, perUs)
      : read.threads.threads.size > 0
        ? fromThreadLines(read, options, perUs)
        : [...read.dumped]
            .sort((a, b) => a[0] - b[0])
            .map(([thread, samples]) => fromDump(read, thread, samples, options, perUs))
  const intervals = cpus.map((cpu, index) => intervalOf(read, options, argv !== null, cpu.thread ?? index))
  const threads = cpus.map((cpu, index) => ({
    name: `thread ${cpu.thread ?? index}`,
    samples: cpu.samples,
    maxUs: cpu.maxUs,
    intervalUs: intervals[index] ?? null,
  }))
  const broken = noteBreak(read, options, cpus)
  const wantedDurationS =
    options.durationS ?? (options.loops && intervals[0] ? (options.loops * intervals[0]) / 1e6 : null)
  if (!broken) {
    checkPeriods(threads, wantedDurationS, findings)
    checkEvenness(threads, findings)
  }
  checkThreads(read, options, cpus)
  const ran = threads.flatMap(({ samples, intervalUs }) =>
    samples === null || intervalUs === null ? [] : [(samples * intervalUs) / 1e6],
  )
  if (read.spikeCount !== null && read.spikeCount > read.spikes.length) {
    findings.note(
      'spikes-not-listed',
      `${read.spikeCount} spikes, of which the tool listed ${read.spikes.length}`,
    )
  }
  if (footer.smis?.some((count) => count > 0))
    findings.note('smi-during-run', `the tool counted SMIs: ${footer.smis.join(' ')}`)
  return {
    tool: toolName(read),
    toolVersion: null,
    format: formatName(read),
    argv,
    wantedDurationS,
    durationS: ran.length > 0 ? Math.max(...ran) : null,
    intervalUs: intervals[0] ?? null,
    cpus,
    events: read.spikes,
    toolThresholdUs: options.breakUs,
    exitCode: read.context.exitCode ?? null,
    findings: findings.list(),
  }
}

function fromHistogram(read: CyclictestText, options: RunOptions, perUs: number): CpuMeasurement[] {
  const { columns, footer, findings } = read
  const pages = columns.finish()
  const summed = columns.width > 1 && columns.sumRows > 0 && columns.notSumRows === 0
  const count = footer.mins?.length ?? footer.avgs?.length ?? (summed ? columns.width - 1 : columns.width)
  const missing = (['mins', 'avgs', 'maxs', 'overflows'] as const).filter((name) => footer[name] === null)
  if (missing.length > 0) {
    findings.doubt(
      'truncated',
      `the histogram's footer has no ${missing.join(', ')}: the file ends too early or lines are lost`,
    )
  }
  if (!read.header)
    findings.note('no-header', 'the line "# Histogram" is missing: the beginning of the file may be lost')
  const complete = footer.overflows !== null && !findings.has('damaged-row')
  const overflowFrom = overflowStart(read, options)
  const cpus = Array.from({ length: count }, (_, thread): CpuMeasurement => {
    const overflows = footer.overflows?.[thread] ?? 0
    const log = footer.logs.get(thread)
    const histogram = new Histogram(
      {
        bucketNs: 1000 / perUs,
        overflows,
        overflowFromNs: overflowFrom === null ? null : (overflowFrom * 1000) / perUs,
        overflowCycles: log?.cycles,
        complete,
      },
      pages[thread] ?? new Map(),
    )
    const samples = complete ? histogram.samples : null
    const none = samples === 0
    const value = (numbers: readonly number[] | null) =>
      none || numbers?.[thread] === undefined ? null : numbers[thread]! / perUs
    if (none) findings.doubt('no-samples', `thread ${thread} has no samples`)
    return {
      cpu: cpuOf(read, options, thread),
      thread,
      context: null,
      samples,
      minUs: value(footer.mins),
      meanUs: value(footer.avgs),
      maxUs: value(footer.maxs),
      histogram,
    }
  })
  if (count === 0) findings.doubt('no-samples', 'the histogram has no rows and no footer')
  checkAgainstFooter(read, cpus, perUs, summed)
  return cpus
}

/**
 * Where overflow starts: -h, or what the file proves. Rows of zeros are printed up to h before 2.7; a log of cycles
 * that is full (`# N others`) has exactly h entries; else every overflow is above the last row.
 */
function overflowStart(read: CyclictestText, options: RunOptions): number | null {
  if (options.buckets !== null) return options.buckets
  const full = [...read.footer.logs.values()].filter((log) => log.others > 0).map((log) => log.cycles.length)
  const proven = Math.max(read.columns.lastIndex + 1, ...full)
  return proven > 0 ? proven : null
}

function checkThreads(read: CyclictestText, options: RunOptions, cpus: readonly CpuMeasurement[]): void {
  const { findings } = read
  if (cpus.length === 0 && !findings.has('no-samples')) {
    findings.doubt(
      'no-samples',
      'cyclictest began, but no measurement is in this file (its report may be in another: --json, --histfile)',
    )
  }
  for (const [thread, samples] of read.dumped) {
    if (samples.gaps > 0) {
      findings.doubt(
        'dump-gaps',
        `thread ${thread}: the dump jumps over cycles ${samples.gaps} times (-o, or lost lines): maxima may be missing`,
      )
    }
  }
  cpus.forEach((cpu, index) => {
    if (cpu.thread !== index && cpu.thread !== null) {
      findings.doubt('missing-threads', `thread ${index} is missing between the others`)
    }
  })
  if (options.threads !== null && options.threads !== cpus.length) {
    findings.doubt(
      'thread-count-differs',
      `${options.threads} threads were asked for (-t), ${cpus.length} are in the file`,
    )
  }
  if (options.cpus !== null && options.cpus.length > cpus.length) {
    findings.doubt(
      'cpus-not-measured',
      `${options.cpus.length} CPUs were asked for (-a), only ${cpus.length} threads measured`,
    )
  }
  const { exitCode } = read.context
  if (exitCode !== undefined && exitCode !== 0)
    findings.doubt('tool-failed', `the tool ended with exit status ${exitCode}`)
}

/** `# Thread Ids:` comes with every -b (tried with 2.4); only the break lines say that the limit was broken. */
function noteBreak(read: CyclictestText, options: RunOptions, cpus: readonly CpuMeasurement[]): boolean {
  const { footer, findings } = read
  if (footer.breakThread !== null || footer.breakValue !== null) {
    const by = footer.breakThread === null ? '' : ` by the thread with pid ${footer.breakThread}`
    findings.doubt(
      'limit-broken',
      `the run ended early because its limit was broken${by} with ${footer.breakValue ?? '?'} us`,
    )
    if (footer.breakValue === null) findings.doubt('truncated', 'the break value (-b) is missing')
    return true
  }
  const over = options.breakUs === null ? [] : cpus.filter((cpu) => (cpu.maxUs ?? 0) > options.breakUs!)
  if (over.length > 0)
    findings.doubt(
      'limit-broken',
      `a latency is above the limit of ${options.breakUs} us (-b), which ends a run early`,
    )
  return over.length > 0
}

function intervalOf(
  read: CyclictestText,
  options: RunOptions,
  known: boolean,
  thread: number,
): number | null {
  const seen = read.threads.threads.get(thread)?.interval ?? read.intervals.get(thread) ?? null
  if (seen !== null || !known || toolName(read) === 'signaltest') return seen
  const distance = options.buckets !== null ? 0 : (options.distanceUs ?? (thread === 0 ? 0 : null))
  return distance === null ? null : (options.intervalUs ?? DEFAULT_INTERVAL_US) + thread * distance
}

function toolName(read: CyclictestText): string {
  const { columns } = read.threads
  if (columns.size === 0) return 'cyclictest'
  if (!columns.has('I')) return 'signaltest'
  return columns.has('P') ? 'cyclictest' : 'cyclicdeadline'
}

function formatName(read: CyclictestText): string {
  if (read.columns.rows > 0 || read.header) {
    const age = read.footer.totals ? 'before 2.7: Total line' : 'no Total line'
    return `cyclictest histogram (${age})`
  }
  return read.threads.threads.size > 0 ? `${toolName(read)} summary lines` : 'cyclictest verbose dump'
}
