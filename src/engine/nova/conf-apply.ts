import type { Machine } from '../../settings/kind.ts'
import { readJournal } from '../active.ts'
import { applyFor } from '../apply.ts'
import { withLock } from '../lock.ts'
import { requirePrivilege } from '../open-ports.ts'
import { type Recovered, recover } from '../recover.ts'
import { keepAsked } from './conf-asked.ts'
import { type ConfOption, type ConfPlan, planConf } from './conf-plan.ts'
import type { ConfRequest } from './conf-request.ts'

export interface ConfApplied {
  plan: ConfPlan
  /** what was written */
  changed: readonly ConfOption[]
  recovered: Recovered | undefined
}

/**
 * Writes nova.conf as planned, with the journal first, so that `quietcore off` undoes it. A profile in force stays as
 * it is, and `quietcore apply PROFILE` leaves this alone.
 */
export async function applyConf(request: ConfRequest, machine: Machine): Promise<ConfApplied> {
  const { ports, facts } = machine
  requirePrivilege(ports, 'nova conf apply')
  // Refused before the lock is taken: bad input changes nothing, not even /run.
  planConf(request, machine)
  const now = ports.clock.now()
  const { bootId } = facts.kernel
  return withLock(ports.root, 'nova conf apply', now, async () => {
    const recovered = await recover(ports, bootId)
    const plan = planConf(request, machine)
    const { active } = readJournal(ports).settled
    await applyFor({ scope: 'nova-conf', active, bootId, time: now.toISOString() }, plan.plan, ports)
    keepAsked(request, ports)
    return { plan, changed: plan.options.filter(({ state }) => state === 'differs'), recovered }
  })
}
