import {
  type MeasureRequest,
  type MeasureTool,
  note,
  stopAbove,
  type ToolCommand,
  usageRefusal,
} from '../tool.ts'

/** OpenShift's latency test: `--window 1000000us --width 950000us`. */
const WINDOW_US = 1_000_000
const WIDTH_US = 950_000
const THRESHOLD_US = 10

/**
 * hwlatdetect (rt-tests): the kernel's hwlat tracer stops one CPU after the other with interrupts off and looks for
 * gaps that only hardware, firmware or a hypervisor can make. Exit 1 means both a latency failure and a missing tracer
 * (a Python traceback): they are told apart by what it printed.
 */
export const hwlatdetect: MeasureTool = {
  name: 'hwlatdetect',
  program: 'hwlatdetect',
  packages: { debian: 'rt-tests', rhel: 'realtime-tests' },
  tracer: 'hwlat',
  help: ['hwlatdetect', '--help'],
  version: null,
  needs: 'root',
  command,
  refusal(run) {
    if (run.stderr.includes('DetectorNotAvailable')) {
      return {
        code: 'no-tracer',
        message: 'hwlatdetect found no hwlat tracer in this kernel (CONFIG_HWLAT_TRACER is off)',
        next: 'Boot a kernel that has it (Debian: linux-image-rt-amd64, RHEL: kernel-rt), or leave hwlatdetect out.',
      }
    }
    if (run.stderr.includes('Must be root')) {
      return { code: 'no-privilege', message: 'hwlatdetect must be root', next: 'Run it as root.' }
    }
    if (/^Traceback /m.test(run.stderr) && !run.stdout.includes('test finished')) {
      return {
        code: 'tool-crashed',
        message: `hwlatdetect crashed: ${lastLine(run.stderr)}`,
        next: 'The raw output is kept with the run; see whether tracefs is mounted and writable.',
      }
    }
    return usageRefusal('hwlatdetect', run.stderr)
  },
}

function command(request: MeasureRequest, help: string): ToolCommand {
  const notes = []
  const argv = ['taskset', '-c', `${request.housekeeping}`, 'hwlatdetect']
  argv.push(
    `--duration=${Math.ceil(request.step.durationS)}`,
    `--threshold=${request.step.thresholdUs ?? THRESHOLD_US}us`,
  )
  // Never the values that an earlier run left in tracefs. The window first: width must stay below it.
  argv.push(
    `--window=${request.step.windowUs ?? WINDOW_US}us`,
    `--width=${request.step.widthUs ?? WIDTH_US}us`,
  )
  if (request.stop) argv.push(`--hardlimit=${stopAbove(request.stop)}us`)
  if (help.includes('--cpu-list')) argv.push(`--cpu-list=${request.cpus}`)
  else notes.push(note('cpus-not-chosen', 'this hwlatdetect has no --cpu-list: it moved across every CPU'))
  // With --watch a sample is seen when it comes, so that a broken limit can end the run.
  if (request.stop) argv.push('--watch')
  const stop = request.stop
  // Python holds back what goes to a pipe.
  return {
    argv,
    env: { PYTHONUNBUFFERED: '1' },
    notes,
    ...(stop ? { breaks: (line: string) => largest(line) > stopAbove(stop) } : {}),
  }
}

/** The larger of inner and outer in `ts: S.N, inner:I, outer:O`; -1 for another line. */
function largest(line: string): number {
  const match = /\binner:(\d+), outer:(\d+)/.exec(line)
  return match ? Math.max(Number(match[1]), Number(match[2])) : -1
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
