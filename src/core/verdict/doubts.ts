import type { CpuSet } from '../cpu/cpu-set.ts'
import { CpuSet as Cpus } from '../cpu/cpu-set.ts'
import type { Measurement } from '../latency/measurement.ts'
import { formatDuration } from '../suite/time.ts'
import type { Doubt, Threshold } from './verdict.ts'

/** One tool's run with what was asked of it. */
export interface JudgedMeasurement {
  /** the suite's step; null where there is no suite */
  step: string | null
  measurement: Measurement
  /** CPUs that were to be measured; absent for a file from elsewhere */
  wantedCpus?: CpuSet
  /** why the tool was ended before its time: `SIGINT by the user`; absent when it ended by itself */
  interrupted?: string
}

/** The tuning in force while it was measured: the result of verify. */
export interface Tuning {
  /** none: no profile is applied, so there is nothing to differ from */
  state: 'ok' | 'none' | 'differs' | 'pending-reboot' | 'unknown'
  /** one line for each setting that is not as wanted */
  details?: readonly string[]
}

/** Something that happened on the machine during the run: hot-plug, steal, swap, throttling, migration … */
export interface Disturbance {
  code: string
  message: string
}

/** What of one measurement forbids a pass: it was not whole, not of the right CPUs, or contradicts itself. */
export function measurementDoubts(judged: JudgedMeasurement): Doubt[] {
  const { measurement, interrupted } = judged
  const name = judged.step ?? measurement.tool
  const doubts: Doubt[] = []
  if (interrupted !== undefined) {
    doubts.push({ code: 'interrupted', message: `${name} was interrupted: ${interrupted}.` })
  }
  const { durationS, wantedDurationS } = measurement
  if (durationS !== null && wantedDurationS !== null && durationS < wantedDurationS * 0.99 - 1) {
    doubts.push({
      code: 'ended-early',
      message: `${name} ran ${formatDuration(durationS)} of the ${formatDuration(wantedDurationS)} asked for.`,
    })
  }
  const wrongCpus = cpuDoubt(judged, name)
  if (wrongCpus) doubts.push(wrongCpus)
  const empty = measurement.cpus.filter((one) => one.samples === 0)
  // hwlatdetect counts events, and none is what one hopes for
  if (measurement.tool !== 'hwlatdetect' && (empty.length > 0 || measurement.cpus.length === 0)) {
    const cpus = Cpus.of(empty.flatMap((one) => (one.cpu === null ? [] : [one.cpu])))
    const where =
      empty.length === measurement.cpus.length ? '' : cpus.size > 0 ? ` on CPU ${cpus}` : ' in a thread'
    doubts.push({ code: 'zero-samples', message: `${name} took not one sample${where}.` })
  }
  for (const finding of measurement.findings) {
    if (!finding.trust) doubts.push({ code: finding.code, message: `${name}: ${sentence(finding.message)}` })
  }
  return doubts
}

/** What of the machine and the thresholds forbids a pass. `foreign`: a file from elsewhere, whose tuning nobody knows. */
export function runDoubts(
  judged: readonly JudgedMeasurement[],
  thresholds: readonly Threshold[],
  tuning: Tuning,
  disturbances: readonly Disturbance[],
  foreign: boolean,
): Doubt[] {
  const doubts: Doubt[] = []
  if (judged.length === 0) doubts.push({ code: 'nothing-measured', message: 'Nothing was measured.' })
  if (thresholds.length === 0) {
    doubts.push({ code: 'no-threshold', message: 'No threshold is set, so there is nothing to pass.' })
  }
  const tools = new Set(judged.map(({ measurement }) => measurement.tool))
  for (const tool of thresholds.length === 0 ? [] : tools) {
    if (thresholds.some((threshold) => threshold.tool === '*' || threshold.tool === tool)) continue
    doubts.push({ code: 'no-threshold', message: `${tool} was measured, but no threshold is set for it.` })
  }
  const details = tuning.details?.length ? `: ${tuning.details.join('; ')}` : ''
  if (tuning.state === 'differs') {
    doubts.push({ code: 'tuning-differs', message: `The tuning is not what the profile wants${details}.` })
  }
  if (tuning.state === 'pending-reboot') {
    doubts.push({ code: 'pending-reboot', message: `Part of the tuning waits for a reboot${details}.` })
  }
  if (tuning.state === 'unknown' && !foreign) {
    doubts.push({ code: 'tuning-unknown', message: 'What tuning was in force is not known.' })
  }
  for (const { code, message } of disturbances) {
    doubts.push({ code, message: `The run was disturbed: ${sentence(message)}` })
  }
  return doubts
}

function cpuDoubt({ measurement, wantedCpus }: JudgedMeasurement, name: string): Doubt | undefined {
  if (!wantedCpus) return undefined
  const numbers = measurement.cpus.flatMap((one) => (one.cpu === null ? [] : [one.cpu]))
  // versions of hwlatdetect before 2.4 do not say which CPUs they walk over
  if (measurement.tool === 'hwlatdetect' && numbers.length === 0) return undefined
  const measured = Cpus.of(numbers)
  const missing = wantedCpus.minus(measured)
  if (missing.size > 0) {
    const found = measured.size > 0 ? `CPU ${measured}` : 'none of known number'
    return {
      code: 'missing-cpus',
      message: `${name} did not measure CPU ${missing} (asked for ${wantedCpus}, measured ${found}).`,
    }
  }
  return undefined
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
