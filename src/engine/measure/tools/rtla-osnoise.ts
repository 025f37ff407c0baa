import { type MeasureTool, stopAbove } from '../tool.ts'
import { entries, RTLA_PACKAGES, rtlaArgv, rtlaRefusal } from './rtla.ts'

const PRIORITY = 1
const HISTOGRAM_US = 256

/**
 * rtla osnoise hist: a busy kernel thread on each CPU, how long anything else took the CPU.
 * `-s` stops above N us (kernel/trace/trace_osnoise.c: `noise > stop_in`). Runtime and period stay the kernel's
 * (1 s of 1 s) unless the suite names them.
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
    if (request.step.intervalUs !== undefined) argv.push('-p', `${request.step.intervalUs}`)
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
