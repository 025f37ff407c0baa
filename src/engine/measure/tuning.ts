import type { ObservedPlan } from '../../core/plan/plan.ts'
import type { TuningRecord } from '../../core/report/run-record.ts'
import type { Machine } from '../../settings/kind.ts'
import { countStates, worstState } from '../outcome.ts'
import { statusOf } from '../status.ts'

/**
 * The tuning in force, as `verify` sees it. Without an applied profile there is nothing to differ from: the numbers
 * are of the machine as it is, and the record says that no profile was in force.
 */
export async function tuningOf(machine: Machine): Promise<TuningRecord> {
  const { active, observed, interrupted, digest } = await statusOf(machine)
  if (interrupted) {
    const details = [`an ${interrupted.operation} of ${interrupted.profile} was cut short`]
    return { profile: interrupted.profile, state: 'differs', details }
  }
  if (!active || !observed) return { profile: null, state: 'none' }
  return { profile: active.profile, ...judged(observed), ...(digest === null ? {} : { digest }) }
}

function judged({ settings }: ObservedPlan): Pick<TuningRecord, 'state' | 'details'> {
  const details = settings
    .filter(({ state }) => state !== 'ok' && state !== 'unsupported')
    .map(
      ({ setting, have, state }) =>
        `${setting.id}: ${state}, want ${setting.want}, have ${have ?? 'unknown'}`,
    )
  return { state: worstState(countStates(settings)), details }
}
