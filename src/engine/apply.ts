import type { Plan } from '../core/plan/plan.ts'
import type { ObservedSetting, Setting } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { scopeOf } from '../knobs/knobs.ts'
import { ApplySession } from './apply-session.ts'
import type { Changed } from './changed.ts'
import { Journal } from './journal/journal.ts'
import { type Active, type Held, type Refusal, refKey } from './journal/records.ts'
import { observe } from './observe.ts'
import type { Purpose } from './purpose.ts'
import type { Undone } from './undo.ts'

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
export function apply(
  plan: Plan,
  active: Active,
  ports: Ports,
  leaveAlone?: ReadonlySet<string>,
): Promise<Applied> {
  return applyFor(
    { scope: 'tuning', active, bootId: active.bootId, time: active.since },
    plan,
    ports,
    leaveAlone,
  )
}

/**
 * `apply` for a purpose of its own: settings of other scopes stay held as they are, and those whose ids are in
 * `leaveAlone` are not written whatever they are now.
 */
export async function applyFor(
  purpose: Purpose,
  plan: Plan,
  ports: Ports,
  leaveAlone: ReadonlySet<string> = new Set(),
): Promise<Applied> {
  const { active } = purpose
  const journal = new Journal(ports.root)
  const { settled } = journal.read()
  const refusalsNow = settled.refusals.filter(({ bootId }) => bootId === purpose.bootId)
  const isWrong = (one: ObservedSetting) => needsWriting(one) && !leaveAlone.has(one.setting.id)
  const before = await observe(plan.settings, ports, refusalsNow)
  const stale = settled.held.filter(
    (held) => scopeOf(held.ref) === purpose.scope && !isWanted(held, plan.settings),
  )
  const forgotten = settled.held.some((held) => held.lifetime === 'boot' && held.bootId !== purpose.bootId)
  if (!before.some(isWrong) && stale.length === 0 && !forgotten && sameTuning(settled.active, active)) {
    return { changed: [], released: [], refused: [], settings: before }
  }
  const session = new ApplySession(journal, settled, purpose, ports)
  try {
    session.begin(plan.profile)
    for (const held of stale.toReversed()) await session.replace(held, plan.settings.filter(isWritten))
    // A setting may have been as wanted only by an earlier one that turned the same thing in another way.
    const now = stale.length === 0 ? before : await observe(plan.settings, ports, refusalsNow)
    await session.write(now.filter(isWrong))
  } catch (error) {
    throw await session.abandon(error)
  }
  session.settle(stale, refusalsNow)
  const settings = await observe(plan.settings, ports, [...refusalsNow, ...session.refused])
  return { changed: session.changed, released: session.released, refused: session.refused, settings }
}

function needsWriting({ state, setting }: ObservedSetting): boolean {
  return state === 'differs' && isWritten(setting)
}

function isWritten({ carriedBy, unsupported }: Setting): boolean {
  return carriedBy === undefined && unsupported === undefined
}

function isWanted(held: Held, settings: readonly Setting[]): boolean {
  const key = refKey(held.ref)
  return settings.some((setting) => setting.unsupported === undefined && refKey(setting.knob) === key)
}

function sameTuning(a: Active | null, b: Active | null): boolean {
  const named = ({ profile, overrides, profileDirs, texts }: Active) =>
    JSON.stringify([profile, overrides, profileDirs, texts])
  return a === null || b === null ? a === b : named(a) === named(b)
}
