import { type MeasureTool, stopAt } from '../tool.ts'
import { entries, RTLA_PACKAGES, rtlaArgv, rtlaRefusal } from './rtla.ts'

const PRIORITY = 95
const PERIOD_US = 1000
const HISTOGRAM_US = 256

/**
 * rtla timerlat hist: the kernel's own timer latency, split in interrupt, thread (and user) context.
 * Stops at N us or more (kernel/trace/trace_osnoise.c: `time_to_us(diff) >= stop_tracing_total`). Without
 * `--dma-latency` the machine's idle states stay as they are.
 */
export const rtlaTimerlat: MeasureTool = {
  name: 'rtla-timerlat',
  program: 'rtla',
  packages: RTLA_PACKAGES,
  tracer: 'timerlat',
  help: ['rtla', 'timerlat', 'hist', '--help'],
  version: ['rtla', '--version'],
  needs: 'root',
  command(request, help) {
    const argv = rtlaArgv('timerlat', request.cpus, request.housekeeping, help)
    argv.push('-d', `${Math.ceil(request.step.durationS)}s`, '-p', `${request.step.intervalUs ?? PERIOD_US}`)
    argv.push(
      '-P',
      `f:${request.step.priority ?? PRIORITY}`,
      '-E',
      entries(request.step.histogramBuckets ?? HISTOGRAM_US),
    )
    if (request.stop) argv.push('-T', `${stopAt(request.stop)}`)
    return { argv, env: {}, notes: [] }
  },
  refusal: (run) => rtlaRefusal(run, 'timerlat'),
}
