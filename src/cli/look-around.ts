import { MachineError } from '../core/errors.ts'
import type { ServiceSnapshot } from '../daemon/service-state.ts'
import type { LastVerdict } from '../engine/runs/last-verdicts.ts'
import { listMissed, type MissedRun } from '../engine/runs/missed-runs.ts'
import { nextRuns } from '../engine/runs/next-runs.ts'
import { readVerified } from '../engine/verified.ts'
import { askService } from '../host/control/ask-service.ts'
import type { Ports, Root } from '../host/ports.ts'
import type { Around } from './status-answer.ts'

/** The service answers from what it knows, at once. */
const ANSWER_MS = 5_000

/** @throws MachineError `service-forbidden` */
export async function lookAround(ports: Ports, verdicts: readonly LastVerdict[]): Promise<Around> {
  const service = await snapshot(ports.root)
  return {
    service,
    // What was kept of an earlier look is old to a service that knows.
    verified: service ? service.verified : readVerified(ports.root),
    // systemd is this machine's own; a tree of files has none.
    nextRuns: ports.root.live ? await nextRuns(ports) : [],
    missed: stillMissed(ports.root, verdicts),
  }
}

async function snapshot(root: Root): Promise<ServiceSnapshot | null | undefined> {
  try {
    return await askService<ServiceSnapshot>(root, {
      method: 'GET',
      path: '/v1/status',
      timeoutMs: ANSWER_MS,
    })
  } catch (error) {
    // How the machine stands is all the more asked for when the service hangs.
    if (error instanceof MachineError && error.code === 'service-silent') return null
    throw error
  }
}

/** The newest miss of each suite, unless a later run was measured. */
function stillMissed(root: Root, verdicts: readonly LastVerdict[]): MissedRun[] {
  const newest = new Map(listMissed(root).missed.map((one) => [one.suite, one]))
  return [...newest.values()].filter(
    ({ suite, at }) => !verdicts.some((verdict) => verdict.suite === suite && verdict.startedAt > at),
  )
}
