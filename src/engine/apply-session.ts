import { MachineError, QuietcoreError } from '../core/errors.ts'
import type { Json, ObservedSetting, Setting } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { RefusedError } from '../knobs/knob.ts'
import { knobFor } from '../knobs/knobs.ts'
import type { Journal } from './journal/journal.ts'
import {
  type Change,
  type Held,
  type JournalRecord,
  type Refusal,
  refKey,
  type Settled,
} from './journal/records.ts'
import type { Purpose } from './purpose.ts'
import { rollBack, type Undone } from './undo.ts'

export interface Changed {
  id: string
  target: string
  from: string | null
  to: string
}

/** Live settings that follow each other share one record on disk; a file on disk has its own. */
function inGroups(wanted: readonly ObservedSetting[]): ObservedSetting[][] {
  const groups: ObservedSetting[][] = []
  let live = false
  for (const one of wanted) {
    const isLive = knobFor(one.setting.knob).lifetime === 'boot'
    if (isLive && live) groups.at(-1)!.push(one)
    else groups.push([one])
    live = isLive
  }
  return groups
}

/** One apply under way: what it has changed so far. */
export class ApplySession {
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

  async write(wanted: readonly ObservedSetting[]): Promise<void> {
    for (const group of inGroups(wanted)) await this.#writeGroup(group)
  }

  /** The undo data of the whole group reaches the disk, then the group is written. */
  async #writeGroup(group: readonly ObservedSetting[]): Promise<void> {
    const changes: Change[] = []
    for (const { setting } of group) changes.push(await this.#changeOf(setting, false))
    this.#journal.add(...changes.map((change) => ({ type: 'change', ...change }) as const))
    const outcomes: JournalRecord[] = []
    for (const [index, one] of group.entries()) outcomes.push(await this.#write(one, changes[index]!))
    this.#journal.add(...outcomes)
  }

  async #write({ setting, have }: ObservedSetting, change: Change): Promise<JournalRecord> {
    const { id, target, want, knob } = setting
    try {
      const wrote = await knobFor(knob).write(knob, setting.write ?? want, this.#ports)
      this.#held.push({ ...change, wrote })
      this.changed.push({ id, target, from: have, to: want })
      this.#ports.log.write('debug', `${target}: ${have ?? '?'} -> ${want}`)
      return { type: 'done', id, wrote }
    } catch (error) {
      if (!(error instanceof RefusedError)) throw named(setting, error)
      const refusal = { id, bootId: change.bootId, reason: error.message }
      this.refused.push(refusal)
      return { type: 'refused', ...refusal }
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
    const change = await this.#changeOf({ ...held, knob: held.ref }, true, now)
    this.#journal.add({ type: 'change', ...change })
    const { outcome, found } = await knob.restore(held.ref, held.before, held.wrote, this.#ports)
    this.released.push({ id, target, outcome, ...(found === undefined ? {} : { detail: found }) })
  }

  async #changeOf(
    { id, section, target, knob: ref }: Pick<Setting, 'id' | 'section' | 'target' | 'knob'>,
    release: boolean,
    before?: Json,
  ): Promise<Change> {
    const knob = knobFor(ref)
    const { bootId } = this.#purpose
    return {
      id,
      section,
      target,
      ref,
      lifetime: knob.lifetime,
      bootId,
      before: before ?? (await knob.capture(ref, this.#ports)),
      release,
    }
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
