import type { RunOptions } from './argv.ts'
import type { JsonReport, JsonThread } from './json-run.ts'
import type { CpuMeasurement } from './measurement.ts'

/** start_time and end_time have whole seconds. */
const CLOCK_STEP_S = 1

/** Seconds from start_time to end_time (RFC 2822, whole seconds); null when one is missing. */
export function reportedDurationS(report: JsonReport): number | null {
  const [start, end] = ['start_time', 'end_time'].map((key) => Date.parse(report.head.get(key) ?? ''))
  return Number.isFinite(start) && Number.isFinite(end) && end! >= start! ? (end! - start!) / 1000 : null
}

/** Threads in order; a hole in the numbers, or another count than num_threads or the options, is found. */
export function orderedThreads(report: JsonReport, options: RunOptions): [number, JsonThread][] {
  const { findings, head } = report
  const threads = [...report.threads].sort((a, b) => a[0] - b[0])
  const said = Number(head.get('num_threads') ?? threads.length)
  if (said !== threads.length) {
    findings.doubt('missing-threads', `num_threads is ${said}, but ${threads.length} threads are in the file`)
  } else if (threads.some(([number], index) => number !== index)) {
    findings.doubt('missing-threads', `the thread numbers are not 0 to ${threads.length - 1}`)
  }
  if (options.threads !== null && options.threads !== threads.length) {
    findings.doubt(
      'thread-count-differs',
      `${options.threads} threads were asked for (-t), ${threads.length} are in the file`,
    )
  }
  const code = Number(head.get('return_code') ?? 0)
  if (code !== 0) findings.doubt('tool-failed', `the tool says return_code ${code}`)
  return threads
}

/** CPUs that were asked for by number and that no thread ran on. */
export function checkCpus(report: JsonReport, options: RunOptions, cpus: readonly CpuMeasurement[]): void {
  const measured = new Set(cpus.map((cpu) => cpu.cpu))
  const missing = (options.cpus ?? []).filter((cpu) => !measured.has(cpu))
  if (missing.length > 0) {
    report.findings.doubt('cpus-not-measured', `CPUs ${missing.join(',')} were asked for and not measured`)
  }
}

/** A run that ended more than two clock steps before its time. */
export function checkDuration(report: JsonReport, wantedS: number | null, ranS: number | null): void {
  if (wantedS !== null && ranS !== null && ranS < wantedS - 2 * CLOCK_STEP_S) {
    report.findings.doubt(
      'duration-not-reached',
      `the run took ${ranS} s of the ${wantedS} s that were asked for`,
    )
  }
}

/** min, avg and max that cannot be of one run. */
export function checkOrder(report: JsonReport, name: string, cpu: CpuMeasurement): void {
  const { minUs, meanUs, maxUs } = cpu
  // avg is printed to two digits, min and max are whole
  const slack = 0.01
  if (
    minUs !== null &&
    maxUs !== null &&
    (minUs > maxUs || (meanUs !== null && (meanUs < minUs - slack || meanUs > maxUs + slack)))
  ) {
    report.findings.doubt(
      'contradictory',
      `${name}: min ${minUs}, avg ${meanUs}, max ${maxUs} us cannot be of one run`,
    )
  }
}
