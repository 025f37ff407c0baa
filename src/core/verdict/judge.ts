import { checkThreshold, unansweredCheck } from './check.ts'
import { claims } from './claims.ts'
import {
  type Disturbance,
  type JudgedMeasurement,
  measurementDoubts,
  runDoubts,
  type Tuning,
} from './doubts.ts'
import { checkReasons } from './reasons.ts'
import type { Result, Threshold, Verdict } from './verdict.ts'

export interface JudgeOptions {
  tuning: Tuning
  /** from the context of the run; empty when nothing happened or nobody looked */
  disturbances?: readonly Disturbance[]
  /** a file from elsewhere: that its tuning is not known is said, and forbids nothing */
  foreign?: boolean
}

/** A run that was cut short still allows a claim for the time it ran; one that is wrong in itself allows none. */
const CUT_SHORT = new Set(['interrupted', 'ended-early'])

/**
 * The verdict. fail: a limit is broken for certain, whatever else is wrong with the run. pass: at least one threshold is
 * set, every tool that was measured has one, all of them are met on every CPU by enough samples, and nothing about the
 * run is in doubt. undecided: everything else. Anyone who must show a machine's fitness can rely on a pass alone.
 */
export function judge(
  judged: readonly JudgedMeasurement[],
  thresholds: readonly Threshold[],
  options: JudgeOptions,
): Verdict {
  const checks = thresholds.flatMap((threshold) => {
    const answering = judged.filter(
      ({ measurement }) => threshold.tool === '*' || threshold.tool === measurement.tool,
    )
    return answering.length === 0
      ? [unansweredCheck(threshold)]
      : answering.flatMap(({ measurement, step }) => checkThreshold(threshold, measurement, step))
  })
  const foreign = options.foreign ?? false
  const own = judged.map(measurementDoubts)
  const doubts = [
    ...runDoubts(judged, thresholds, options.tuning, options.disturbances ?? [], foreign),
    ...own.flat(),
  ]
  const failed = checks.some((check) => check.result === 'fail')
  const passed = doubts.length === 0 && checks.every((check) => check.result === 'pass')
  const result: Result = failed ? 'fail' : passed ? 'pass' : 'undecided'
  const messages = doubts.map((doubt) => doubt.message)
  // what made the verdict comes first: broken limits of a fail, doubts of an undecided
  const reasons = failed ? [...checkReasons(checks), ...messages] : [...messages, ...checkReasons(checks)]
  return {
    result,
    reasons: [...reasons, ...tuningNote(options.tuning, foreign)],
    checks,
    doubts,
    claims: claims(
      judged.filter((_, index) => own[index]!.every(({ code }) => CUT_SHORT.has(code))),
      checks,
    ),
  }
}

/** What forbids nothing and must be said all the same. */
function tuningNote({ state }: Tuning, foreign: boolean): string[] {
  if (state === 'none') return ['No profile is applied: the result is of the machine as it is.']
  if (state === 'unknown' && foreign) {
    return ['What tuning was in force is not known: the result is of this file alone.']
  }
  return []
}
