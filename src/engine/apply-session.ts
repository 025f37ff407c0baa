import type { MachineError } from '../core/errors.ts'
import type { Json, ObservedSetting, Setting } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { RefusedError } from '../knobs/knob.ts'
import { knobFor } from '../knobs/knobs.ts'
import { applyFailed, settingFailed } from './apply-failed.ts'
import type { Changed } from './changed.ts'
import type { Journal } from './journal/journal.ts'
import {
  type Change,
  type Held,
  type JournalRecord,
  type Refusal,
  refKey,
  type Settled,
  shownIn,
} from './journal/records.ts'
import type { Purpose } from './purpose.ts'
import { rollBack, type Undone } from './undo.ts'

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
    for (const { setting, have } of group) {
      changes.push({ ...(await this.#changeOf(setting, false)), shown: { from: have, to: setting.want } })
    }
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
      if (!(error instanceof RefusedError)) throw settingFailed(setting, error)
      const refusal = { id, bootId: change.bootId, reason: error.message }
      this.refused.push(refusal)
      return { type: 'refused', ...refusal }
    }
  }

  /**
   * Ends a hold that the new plan does not have: things of it that are one of the plan's settings now go straight to
   * that, and keep what they had before quietcore's first change; the rest is given back.
   */
  async replace(held: Held, settings: readonly Setting[]): Promise<void> {
    let left = held
    if (held.lifetime === 'disk' || held.bootId === this.#purpose.bootId) {
      for (const setting of settings) {
        const rest = await this.#handOver(left, setting)
        if (rest?.length === 0) return
        if (rest) left = { ...left, before: rest, wrote: {} }
      }
    }
    await this.#release(left)
  }

  /** @returns what is left of `held`; undefined: nothing of it is the setting's */
  async #handOver(held: Held, setting: Setting): Promise<Json[] | undefined> {
    const { id, target, want, knob: ref } = setting
    const knob = knobFor(ref)
    if (held.ref.knob !== ref.knob || !knob.takeOver || !knob.carryOver || !knob.recapture) return undefined
    const shares = knob.takeOver(ref, held, this.#ports)
    if (shares === undefined) return undefined
    const { taken, left } = shares
    const reading = await knob.read(held.ref, this.#ports)
    const now = knob.recapture({ ref, before: taken, wrote: null }, this.#ports)
    const from = 'have' in reading ? reading.have : null
    const change: Change = { ...(await this.#changeOf(setting, false, now)), shown: { from, to: want } }
    // It gets no `done`: undone, it goes back to where the earlier setting had it, whatever is there.
    this.#journal.add({ type: 'change', ...change })
    const { wrote, moved } = await knob.carryOver(ref, taken, this.#ports)
    this.#held.push({ ...change, before: taken, wrote })
    if (moved > 0) this.changed.push({ id, target, from, to: want })
    return left
  }

  async #release(held: Held): Promise<void> {
    const { id, target } = held
    if (held.lifetime === 'boot' && held.bootId !== this.#purpose.bootId) {
      this.released.push({ id, target, outcome: 'forgotten' })
      return
    }
    const knob = knobFor(held.ref)
    const now = knob.recapture?.(held, this.#ports)
    const change = await this.#changeOf({ ...held, knob: held.ref }, true, now)
    const { shown } = held
    const back = shown ? { shown: { from: shown.to, to: shown.from } } : {}
    this.#journal.add({ type: 'change', ...change, ...back })
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
    const held = new Map(kept.map((one) => [refKey(one.ref), one]))
    for (const one of this.#held) {
      const earlier = held.get(refKey(one.ref))
      held.set(refKey(one.ref), earlier ? sinceTheFirst(earlier, one) : one)
    }
    this.#journal.settle({
      active: this.#purpose.active,
      held: [...held.values()],
      refusals: [...refusals, ...this.refused],
    })
  }

  async abandon(cause: unknown): Promise<MachineError> {
    const content = this.#journal.read()
    const { open } = content
    const undone = open ? await rollBack(open, this.#purpose.bootId, this.#ports) : []
    const failed = undone.filter(({ outcome }) => outcome === 'failed')
    if (failed.length === 0) this.#journal.settle(this.#settled)
    const { changed, released } = this
    return applyFailed(cause, { changed, released, undone, shown: shownIn(content) }, failed)
  }
}

/** What is given back at last is what was there before the first change. */
function sinceTheFirst(earlier: Held, later: Held): Held {
  const before = joined(earlier, later)
  return later.shown && earlier.shown
    ? { ...later, before, shown: { from: earlier.shown.from, to: later.shown.to } }
    : { ...later, before }
}

function joined(earlier: Held, later: Held): Json {
  return knobFor(earlier.ref).join?.(earlier, later) ?? earlier.before
}
