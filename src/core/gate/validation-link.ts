import type { CpuSet } from '../cpu/cpu-set.ts'
import { formatDuration } from '../suite/time.ts'
import { formatUs } from '../verdict/format.ts'
import type { Link } from './link.ts'
import { cpuDoubts, type SuiteAsks, suiteDoubts } from './run-doubts.ts'
import { type RunEvidence, worstOf } from './run-evidence.ts'

/** The machine as it is now, to hold a kept run against. null: not known, and not held against. */
export interface Present {
  profile: string | null
  kernelRelease: string | null
  cmdline: string | null
  bootId: string | null
  /** when the profile was applied, ISO 8601 */
  since: string | null
  /** of the settings that the profile asks for */
  digest: string | null
  /** CPUs that a validation must have measured */
  isolated: CpuSet | null
}

export interface ValidationQuestion {
  /** null for the host */
  guest: string | null
  run: RunEvidence
  present: Present
  /** null: not known, and not held against */
  asks: SuiteAsks | null
  now: Date
  maxAgeS: number
}

/** Clocks of a cluster differ by less; a run from further ahead has a wrong date. */
const CLOCK_SLACK_S = 300

/**
 * A run as a link: its verdict, if it is of the tuning that is in force now and not too old. A run of another tuning
 * says nothing of this one, neither good nor bad.
 */
export function validationLink({ guest, run, present, asks, now, maxAgeS }: ValidationQuestion): Link {
  const ageS = run.startedAt === null ? null : (now.getTime() - Date.parse(run.startedAt)) / 1000
  const doubts = [
    ...ageDoubts(ageS, maxAgeS),
    ...tuningDoubts(run, present),
    ...cpuDoubts(run, present.isolated),
    ...suiteDoubts(run, asks),
  ]
  const { result, reasons } = run.verdict
  return {
    kind: guest === null ? 'validation' : 'guest-validation',
    subject: guest,
    state: doubts.length > 0 ? 'undecided' : result,
    evidence: [...doubts, ...reasons.map((reason) => reason.replace(/\.$/, '')), summary(run, ageS)],
    next: nextOf(guest, doubts.length > 0, result),
  }
}

/** No run is kept: nothing was proved. */
export function notMeasured(guest: string | null, what: string): Link {
  return {
    kind: guest === null ? 'validation' : 'guest-validation',
    subject: guest,
    state: 'undecided',
    evidence: [what],
    next: ['quietcore gate --new measures now'],
  }
}

function ageDoubts(ageS: number | null, maxAgeS: number): string[] {
  if (ageS === null) return ['nobody knows when it was measured']
  if (ageS < -CLOCK_SLACK_S) return [`it was measured ${ago(-ageS)} in the future: a clock is wrong`]
  return ageS > maxAgeS ? [`it is ${ago(ageS)} old, and may be ${ago(maxAgeS)}`] : []
}

function tuningDoubts({ tuning, kernel, startedAt, context }: RunEvidence, present: Present): string[] {
  const doubts: string[] = []
  if (tuning.profile !== present.profile) {
    doubts.push(`it was measured with ${named(tuning.profile)}, and ${named(present.profile)} is in force`)
  } else if (tuning.digest !== undefined && present.digest !== null && tuning.digest !== present.digest) {
    doubts.push(`${named(tuning.profile)} asks for other settings than when it was measured`)
  }
  if (tuning.state !== 'ok' && tuning.profile !== null) {
    doubts.push(`its tuning was not whole (${tuning.state})`)
  }
  const release = kernel?.release ?? null
  if (present.kernelRelease !== null && release !== present.kernelRelease) {
    doubts.push(`it was measured with the kernel ${release ?? '(unknown)'}, not ${present.kernelRelease}`)
  } else if (present.cmdline !== null && kernel?.cmdline !== present.cmdline) {
    doubts.push('it was measured with another kernel command line')
  }
  // After a reboot the live settings are applied anew, to the same values; within one boot it means a change.
  const sameBoot = present.bootId !== null && context?.facts['boot-id'] === present.bootId
  const later = present.since !== null && startedAt !== null && present.since > startedAt
  if (sameBoot && later) doubts.push(`the profile was applied again after it (${present.since})`)
  return doubts
}

function named(profile: string | null): string {
  return profile === null ? 'no profile' : `the profile ${profile}`
}

function summary(run: RunEvidence, ageS: number | null): string {
  const worst = worstOf(run)
  const cpus = run.context?.facts['measured-cpus']
  const parts = [
    `run ${run.id}`,
    run.suite && `suite ${run.suite.name}`,
    run.durationS === null ? null : `lasted ${formatDuration(run.durationS)}`,
    ageS === null ? null : `${ago(Math.max(0, ageS))} old`,
    cpus && `CPUs ${cpus}`,
    worst && `largest ${formatUs(worst.us)} (${worst.tool}${worst.cpu === null ? '' : `, CPU ${worst.cpu}`})`,
  ]
  return parts.filter(Boolean).join(', ')
}

function nextOf(guest: string | null, doubtful: boolean, result: string): string[] {
  const where = guest === null ? '' : ` in ${guest}`
  if (doubtful) return ['quietcore gate --new measures with the tuning in force']
  if (result === 'pass') return []
  return [`quietcore report latest${where} tells more`]
}

/** `3 d`, `5 h`, `12 min`: an age needs no fractions. */
function ago(seconds: number): string {
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} d`
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)} h`
  return seconds >= 120 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds)} s`
}
