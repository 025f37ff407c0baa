import {
  type MeasureRequest,
  type MeasureTool,
  note,
  stopAbove,
  type ToolCommand,
  usageRefusal,
} from '../tool.ts'

/** As the talk measures: `-p95 -i200 -h60`. */
const PRIORITY = 95
const INTERVAL_US = 200
const HISTOGRAM_ROWS = 60

/**
 * cyclictest (rt-tests): the time from a timer's due moment to the woken thread, per CPU.
 * Options are taken from this build's own --help: `--default-system` came with v2.3, `--mainaffinity` with v1.6,
 * `-n` (clock_nanosleep) was an option until v2.0 and is the only way since.
 */
export const cyclictest: MeasureTool = {
  name: 'cyclictest',
  program: 'cyclictest',
  packages: { debian: 'rt-tests', rhel: 'realtime-tests' },
  tracer: null,
  help: ['cyclictest', '--help'],
  version: ['cyclictest', '--help'],
  needs: 'realtime',
  command,
  refusal(run) {
    const output = `${run.stdout}\n${run.stderr}`
    if (run.stdout.includes('# Histogram') || run.stdout.includes('T: 0')) return undefined
    if (/Unable to change scheduling policy|pthread_create|Operation not permitted/i.test(output)) {
      return {
        code: 'no-privilege',
        message: 'cyclictest may not use a real-time priority',
        next: 'Run it as root; in a container give it CAP_SYS_NICE and a real-time budget in its cgroup.',
      }
    }
    return usageRefusal('cyclictest', output)
  },
}

function command(request: MeasureRequest, help: string): ToolCommand {
  const notes = []
  const taskset = request.pin === 'taskset'
  const argv = taskset ? ['taskset', '-c', `${request.cpus}`] : []
  argv.push('cyclictest', '-m')
  if (/--nanosleep\b/.test(help)) argv.push('-n')
  argv.push('-q', `-p${request.step.priority ?? PRIORITY}`, `-i${request.step.intervalUs ?? INTERVAL_US}`)
  argv.push(
    `-h${request.step.histogramBuckets ?? HISTOGRAM_ROWS}`,
    '-D',
    `${Math.ceil(request.step.durationS)}`,
  )
  if (request.step.distanceUs !== undefined) argv.push('-d', `${request.step.distanceUs}`)
  if (!taskset) {
    argv.push('-t', `${request.cpus.size}`, '-a', `${request.cpus}`)
    if (help.includes('--mainaffinity')) argv.push(`--mainaffinity=${request.housekeeping.first ?? 0}`)
    else
      notes.push(
        note('main-thread-anywhere', 'this cyclictest cannot place its main thread (--mainaffinity)'),
      )
  }
  if (!request.machineIdleStates) notes.push(hidden('the suite asks for it'))
  else if (help.includes('--default-system')) argv.push('--default-system')
  else notes.push(hidden('this cyclictest has no --default-system'))
  if (request.stop) argv.push('-b', `${stopAbove(request.stop)}`)
  return { argv, env: {}, notes }
}

function hidden(why: string) {
  return note(
    'idle-states-hidden',
    `deep idle states were hidden: cyclictest held /dev/cpu_dma_latency at 0 while it ran (${why}), so the time to leave them is not in the numbers`,
  )
}
