import type { Service, ServiceSnapshot } from '../../../src/daemon/service-state.ts'
import { openMachine } from '../../../src/engine/open-machine.ts'
import { countStates } from '../../../src/engine/outcome.ts'
import { statusOf } from '../../../src/engine/status.ts'
import { tune, untune } from '../../../src/engine/tune.ts'

export interface MadeService extends Service {
  /** changes the snapshot and tells who listens */
  change(part: Partial<ServiceSnapshot>): void
  /** how often each call came */
  calls: string[]
  /** holds every call until it is resolved */
  gate: Promise<void>
}

/** The least that is a Service: each call one after the other, by the real engine, on the machine under `dir`. */
export function makeService(dir: string): MadeService {
  let snapshot: ServiceSnapshot = {
    version: '0.1.0',
    pid: process.pid,
    phase: 'serving',
    profile: null,
    since: null,
    verified: null,
    problems: [],
    lastVerdicts: [],
    schedule: [],
    reloads: 0,
  }
  const listeners = new Set<(snapshot: ServiceSnapshot) => void>()
  const machine = () => ({ ...openMachine(dir), service: true })
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    made.calls.push(name)
    const done = queue.then(() => made.gate).then(work)
    queue = done.catch(() => {})
    return done
  }
  const made: MadeService = {
    calls: [],
    gate: Promise.resolve(),
    snapshot: () => snapshot,
    change(part) {
      snapshot = { ...snapshot, ...part }
      for (const listener of listeners) listener(snapshot)
    },
    apply: (choice) =>
      inTurn(`apply ${choice.name}`, async () => {
        const tuned = await tune(choice, machine())
        made.change({ profile: choice.name, since: '2026-11-22T20:00:00.000Z' })
        return tuned
      }),
    off: () =>
      inTurn('off', async () => {
        const untuned = await untune(machine())
        made.change({ profile: null, since: null })
        return untuned
      }),
    verify: () =>
      inTurn('verify', async () => {
        const { observed, active } = await statusOf(machine())
        if (!observed || !active) return null
        const counts = countStates(observed.settings)
        const drifted = observed.settings.flatMap(({ setting: { id, target, want }, have, state }) =>
          state === 'ok' || state === 'unsupported' ? [] : [{ id, target, want, have, state }],
        )
        const state = counts.differs > 0 ? 'differs' : counts['pending-reboot'] > 0 ? 'pending-reboot' : 'ok'
        const verified = {
          profile: active.profile,
          at: '2026-11-22T21:00:00.000Z',
          bootId: active.bootId,
          state,
          counts,
          drifted,
        } as const
        made.change({ verified })
        return verified
      }),
    reload: () => inTurn('reload', async () => made.change({ reloads: snapshot.reloads + 1 })),
    startRun: (suite) =>
      inTurn(`start ${suite}`, async () => ({ unit: `quietcore-validate@${suite}.service` })),
    stopRun: (suite) => inTurn(`stop ${suite}`, async () => {}),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return made
}
