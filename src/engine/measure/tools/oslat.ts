import type { CpuMeasurement } from '../../../core/latency/measurement.ts'
import {
  type MeasureRequest,
  type MeasureTool,
  type Refusal,
  stopAt,
  type ToolCommand,
  usageRefusal,
} from '../tool.ts'

/** RHEL's real-time stress test and OpenShift's latency test: `--rtprio 1`. */
const PRIORITY = 1

/**
 * oslat (rt-tests): busy loops on each CPU, how long the loop was away.
 * Idle states play no part: the CPU never idles. `-T` stops at N us or more (oslat.c insert_bucket, and tried).
 */
export const oslat: MeasureTool = {
  name: 'oslat',
  program: 'oslat',
  packages: { debian: 'rt-tests', rhel: 'realtime-tests' },
  tracer: null,
  help: ['oslat', '--help'],
  version: ['oslat', '--help'],
  needs: 'realtime',
  command,
  refusal(run) {
    const output = `${run.stdout}\n${run.stderr}`
    if (/Minimum:|Trace threshold/.test(output)) return undefined
    return privilege(output) ?? usageRefusal('oslat', output)
  },
  broken,
}

function command(request: MeasureRequest, help: string): ToolCommand {
  const argv = ['oslat', '-c', `${request.cpus}`, '-C', `${request.housekeeping.first ?? 0}`]
  argv.push('-f', `${request.step.priority ?? PRIORITY}`, '-D', `${Math.ceil(request.step.durationS)}`)
  if (request.step.histogramBuckets !== undefined && help.includes('--bucket-size'))
    argv.push('-b', `${buckets(request.step.histogramBuckets)}`)
  if (/--quiet\b/.test(help)) argv.push('-q')
  if (request.step.workload !== undefined) argv.push('-w', request.step.workload)
  if (request.step.memory !== undefined) argv.push('-m', request.step.memory)
  if (request.stop) argv.push('-T', `${stopAt(request.stop)}`)
  return { argv, env: {}, notes: [] }
}

/** `oslat: Trace threshold (10 us) triggered on cpu 1 with 50 us!`: all that is known of such a run. */
function broken(stderr: string): CpuMeasurement | undefined {
  const match = /Trace threshold \(\d+ us\) triggered on cpu (\d+) with (\d+) us/.exec(stderr)
  if (!match) return undefined
  const unknown = { thread: null, context: null, samples: null, minUs: null, meanUs: null, histogram: null }
  return { ...unknown, cpu: Number(match[1]), maxUs: Number(match[2]) }
}

/** oslat takes 4 to 1024 buckets. */
function buckets(rows: number): number {
  return Math.min(1024, Math.max(4, rows))
}

function privilege(output: string): Refusal | undefined {
  if (!/pthread_create|sched_setscheduler|not permitted|mlockall/i.test(output)) return undefined
  return {
    code: 'no-privilege',
    message: 'oslat may not use a real-time priority or lock its memory',
    next: 'Run it as root; in a container give it CAP_SYS_NICE, CAP_IPC_LOCK and a real-time budget in its cgroup.',
  }
}
