import { type MeasureTool, stopAbove } from '../tool.ts'
import { entries, RTLA_PACKAGES, rtlaArgv, rtlaRefusal } from './rtla.ts'

const PRIORITY = 1
const HISTOGRAM_US = 256
const PERIOD_US = 1_000_000
/** rtla-osnoise-hist(1): `-P F:1 … -r 900000`. A thread of real-time priority that never rests starves the kernel. */
const RUNTIME_PART = 0.9

/**
 * rtla osnoise hist: a busy kernel thread on each CPU, how long anything else took the CPU.
 * `-s` stops above N us (kernel/trace/trace_osnoise.c: `noise > stop_in`). It measures nine tenths of each period:
 * with the kernel's own default, all of it, at a real-time priority, rtla cannot even end (tried: Linux 6.1 PREEMPT_RT).
 */
export const rtlaOsnoise: MeasureTool = {
  name: 'rtla-osnoise',
  program: 'rtla',
  packages: RTLA_PACKAGES,
  tracer: 'osnoise',
  help: ['rtla', 'osnoise', 'hist', '--help'],
  version: ['rtla', '--version'],
  needs: 'root',
  command(request, help) {
    const argv = rtlaArgv('osnoise', request.cpus, request.housekeeping, help)
    argv.push('-d', `${Math.ceil(request.step.durationS)}s`)
    const periodUs = request.step.intervalUs ?? PERIOD_US
    argv.push('-p', `${periodUs}`, '-r', `${Math.floor(periodUs * RUNTIME_PART)}`)
    argv.push(
      '-P',
      `f:${request.step.priority ?? PRIORITY}`,
      '-E',
      entries(request.step.histogramBuckets ?? HISTOGRAM_US),
    )
    if (request.step.thresholdUs !== undefined) argv.push('-T', `${request.step.thresholdUs}`)
    if (request.stop) argv.push('-s', `${stopAbove(request.stop)}`)
    return { argv, env: {}, notes: [] }
  },
  refusal: (run) => rtlaRefusal(run, 'osnoise'),
}
