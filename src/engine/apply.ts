import { MachineError, QuietcoreError } from '../core/errors.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Json, ObservedSetting, Setting } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { RefusedError } from '../knobs/knob.ts'
import { knobFor, scopeOf } from '../knobs/knobs.ts'
import { Journal } from './journal/journal.ts'
import { type Active, type Change, type Held, type Refusal, refKey, type Settled } from './journal/records.ts'
import { observe } from './observe.ts'
import type { Purpose } from './purpose.ts'
import { rollBack, type Undone } from './undo.ts'

export interface Changed {
  id: string
  target: string
  from: string | null
  to: string
}

export interface Applied {
  changed: Changed[]
  /** settings of the earlier profile that this one does not want, put back */
  released: Undone[]
  /** what the machine refused for good */
  refused: Refusal[]
  settings: ObservedSetting[]
}

/**
 * Makes the machine as the plan wants it: in order, each change journalled before it is made. When a step fails, all
 * changes of this call are undone in reverse and the error says so; an earlier profile stays as it was.
 * The caller holds the lock and has recovered.
 * @throws MachineError `apply-failed`
 */
export function apply(plan: Plan, active: Active, ports: Ports): Promise<Applied> {
  return applyFor({ scope: 'tuning', active, bootId: active.bootId, time: active.since }, plan, ports)
}

/** `apply` for a purpose of its own: settings of other scopes stay held as they are. */
export async function applyFor(purpose: Purpose, plan: Plan, ports: Ports): Promise<Applied> {
  const { active } = purpose
  const journal = new Journal(ports.root)
  const { settled } = journal.read()
  const refusalsNow = settled.refusals.filter(({ bootId }) => bootId === purpose.bootId)
  const before = await observe(plan.settings, ports, refusalsNow)
  const wanted = before.filter(needsWriting)
  const stale = settled.held.filter(
    (held) => scopeOf(held.ref) === purpose.scope && !isWanted(held, plan.settings),
  )
  const forgotten = settled.held.some((held) => held.lifetime === 'boot' && held.bootId !== purpose.bootId)
  if (wanted.length === 0 && stale.length === 0 && !forgotten && sameTuning(settled.active, active)) {
    return { changed: [], released: [], refused: [], settings: before }
  }
  const session = new Session(journal, settled, purpose, ports)
  try {
    session.begin(plan.profile)
    for (const held of stale.toReversed()) await session.release(held)
    for (const one of wanted) await session.write(one)
  } catch (error) {
    throw await session.abandon(error)
  }
  session.settle(stale, refusalsNow)
  const settings = await observe(plan.settings, ports, [...refusalsNow, ...session.refused])
  return { changed: session.changed, released: session.released, refused: session.refused, settings }
}

function needsWriting({ state, setting }: ObservedSetting): boolean {
  return state === 'differs' && setting.carriedBy === undefined
}

function isWanted(held: Held, settings: readonly Setting[]): boolean {
  const key = refKey(held.ref)
  return settings.some((setting) => setting.unsupported === undefined && refKey(setting.knob) === key)
}

function sameTuning(a: Active | null, b: Active | null): boolean {
  const named = ({ profile, overrides, profileDirs }: Active) =>
    JSON.stringify([profile, overrides, profileDirs])
  return a === null || b === null ? a === b : named(a) === named(b)
}

/** One apply under way: what it has changed so far. */
class Session {
  readonly changed: Changed[] = []
  readonly released: Undone[] = []
  readonly refused: Refusal[] = []
  readonly #held: Held[] = []
  readonly #journal: Journal
  readonly #settled: Settled
  readonly #purpose: Purpose
  readonly #ports: Ports

  constructor(journal: Journal, settled: Settled, purpose: Purpose, ports: Ports) {
    this.#journal = journal
    this.#settled = settled
    this.#purpose = purpose
    this.#ports = ports
  }

  begin(profile: string): void {
    const { bootId, time } = this.#purpose
    this.#journal.begin(this.#settled, { type: 'begin', operation: 'apply', profile, bootId, time })
  }

  async write({ setting, have }: ObservedSetting): Promise<void> {
    const change = await this.#announce(setting, false)
    try {
      const wrote = await knobFor(setting.knob).write(
        setting.knob,
        setting.write ?? setting.want,
        this.#ports,
      )
      this.#journal.add({ type: 'done', id: setting.id, wrote })
      this.#held.push({ ...change, wrote })
      this.changed.push({ id: setting.id, target: setting.target, from: have, to: setting.want })
      this.#ports.log.write('debug', `${setting.target}: ${have ?? '?'} -> ${setting.want}`)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw named(setting, error)
      const refusal = { id: setting.id, bootId: change.bootId, reason: error.message }
      this.#journal.add({ type: 'refused', ...refusal })
      this.refused.push(refusal)
    }
  }

  async release(held: Held): Promise<void> {
    const { id, target } = held
    if (held.lifetime === 'boot' && held.bootId !== this.#purpose.bootId) {
      this.released.push({ id, target, outcome: 'forgotten' })
      return
    }
    const knob = knobFor(held.ref)
    const now = knob.recapture?.(held.ref, held.before, this.#ports)
    await this.#announce({ ...held, knob: held.ref }, true, now)
    const { outcome, found } = await knob.restore(held.ref, held.before, held.wrote, this.#ports)
    this.released.push({ id, target, outcome, ...(found === undefined ? {} : { detail: found }) })
  }

  /** The undo data reaches the disk before the change that it undoes. */
  async #announce(
    what: Pick<Setting, 'id' | 'section' | 'target' | 'knob'>,
    release: boolean,
    before?: Json,
  ): Promise<Change> {
    const knob = knobFor(what.knob)
    const change: Change = {
      id: what.id,
      section: what.section,
      target: what.target,
      ref: what.knob,
      lifetime: knob.lifetime,
      bootId: this.#purpose.bootId,
      before: before ?? (await knob.capture(what.knob, this.#ports)),
      release,
    }
    this.#journal.add({ type: 'change', ...change })
    return change
  }

  settle(stale: readonly Held[], refusals: readonly Refusal[]): void {
    const gone = new Set(stale.map(({ ref }) => refKey(ref)))
    const kept = this.#settled.held.filter(
      (held) =>
        !gone.has(refKey(held.ref)) && (held.lifetime === 'disk' || held.bootId === this.#purpose.bootId),
    )
    const renewed = new Map(this.#held.map((held) => [refKey(held.ref), held]))
    const merged = kept.map((held) => {
      const again = renewed.get(refKey(held.ref))
      renewed.delete(refKey(held.ref))
      if (!again) return held
      const join = knobFor(held.ref).join ?? ((earlier: Json) => earlier)
      return { ...again, before: join(held.before, again.before) }
    })
    this.#journal.settle({
      active: this.#purpose.active,
      held: [...merged, ...renewed.values()],
      refusals: [...refusals, ...this.refused],
    })
  }

  async abandon(cause: unknown): Promise<MachineError> {
    const { open } = this.#journal.read()
    const undone = open ? await rollBack(open, this.#purpose.bootId, this.#ports) : []
    const failed = undone.filter(({ outcome }) => outcome === 'failed')
    if (failed.length === 0) this.#journal.settle(this.#settled)
    return applyFailed(cause, undone, failed)
  }
}

function named(setting: Setting, error: unknown): Error {
  return error instanceof QuietcoreError && error.place !== undefined
    ? error
    : new MachineError({
        code: 'cannot-write',
        message: `${setting.target} could not be set to '${setting.want}': ${error instanceof Error ? error.message : String(error)}`,
        cause: error,
      })
}

function applyFailed(cause: unknown, undone: readonly Undone[], failed: readonly Undone[]): MachineError {
  const restored = undone.filter(({ outcome }) => outcome === 'restored').length
  const why = cause instanceof Error ? cause.message : String(cause)
  const after =
    failed.length === 0
      ? `The ${restored} changes made so far were undone; the machine is as before.`
      : `Of ${undone.length} changes ${failed.length} could not be undone (${failed[0]!.target}: ${failed[0]!.detail}); run \`quietcore recover\`.`
  const hint = cause instanceof QuietcoreError && cause.next ? ` ${cause.next}` : ''
  return new MachineError({
    code: 'apply-failed',
    message: `apply stopped: ${why}`,
    next: after + hint,
    cause,
    ...(cause instanceof QuietcoreError && cause.place ? { place: cause.place } : {}),
  })
}
