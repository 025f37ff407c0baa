import { parameterTexts } from '../core/cmdline/parse.ts'
import { InputError } from '../core/errors.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ProfileLibrary } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Machine } from '../settings/kind.ts'
import { type Applied, apply } from './apply.ts'
import { removeEmptyFolders } from './empty-folders.ts'
import type { Active } from './journal/records.ts'
import { type KeptTexts, keepingLibrary } from './kept-profile.ts'
import { withLock } from './lock.ts'
import { makePlan } from './make-plan.ts'
import { type Off, off } from './off.ts'
import { requirePrivilege } from './open-ports.ts'
import { openLibrary } from './profile-library.ts'
import { type Recovered, recover } from './recover.ts'
import { type ProfileChoice, resolveProfile } from './resolve-profile.ts'
import { forgetVerified } from './verified.ts'

const STATE_FOLDER = '/var/lib/quietcore'

export interface Tuned extends Applied {
  plan: Plan
  recovered: Recovered | undefined
}

/** Warnings that a plan may carry and an apply may not: the machine would not boot as asked. */
const FORBID_APPLY: ReadonlySet<string> = new Set(['cmdline-too-long'])

/**
 * `apply`: plan, then under the lock recover and apply. A profile that cannot be meant changes nothing. Settings whose
 * ids are in `leaveAlone` are not written.
 */
export async function tune(
  choice: ProfileChoice,
  machine: Machine,
  leaveAlone?: ReadonlySet<string>,
  from: ProfileLibrary = openLibrary(machine.ports.root, choice.profileDirs),
): Promise<Tuned> {
  const { ports, facts } = machine
  requirePrivilege(ports, 'apply')
  const texts: KeptTexts = new Map()
  const profile = resolveProfile(choice, machine, keepingLibrary(from, texts))
  const first = makePlan(profile, machine)
  refuseForbidden(first.warnings)
  const now = ports.clock.now()
  const { bootId } = facts.kernel
  return withLock(ports.root, 'apply', now, async () => {
    const recovered = await recover(ports, bootId)
    // What recovery put back may be what the plan was made from.
    const plan = recovered ? makePlan(profile, machine) : first
    const applied = await apply(plan, activeOf(choice, texts, now, bootId), ports, leaveAlone)
    return { plan, recovered, ...applied }
  })
}

function activeOf(choice: ProfileChoice, texts: KeptTexts, now: Date, bootId: string): Active {
  return {
    profile: choice.name,
    overrides: { ...choice.overrides },
    since: now.toISOString(),
    bootId,
    ...(choice.profileDirs === undefined ? {} : { profileDirs: [...choice.profileDirs] }),
    texts: [...texts],
  }
}

export interface Untuned extends Off {
  recovered: Recovered | undefined
  /** the running kernel was booted with parameters of the profile, which are gone for the next boot only */
  rebootNeeded: boolean
}

/** `off`, under the lock, after recovery. */
export async function untune(machine: Machine): Promise<Untuned> {
  const { ports, facts, loader } = machine
  requirePrivilege(ports, 'off')
  const now = ports.clock.now()
  const ours = parameterTexts(loader?.ours(ports) ?? '')
  const running = new Set(parameterTexts(facts.cmdline))
  return withLock(ports.root, 'off', now, async () => {
    const recovered = await recover(ports, facts.kernel.bootId)
    const done = await off(ports, facts.kernel.bootId, now)
    forgetVerified(ports.root)
    if (ports.root.exists(STATE_FOLDER)) removeEmptyFolders(ports.root, STATE_FOLDER)
    return { recovered, rebootNeeded: ours.some((text) => running.has(text)), ...done }
  })
}

/** `recover`, under the lock. */
export function settle(machine: Machine): Promise<Recovered | undefined> {
  const { ports, facts } = machine
  requirePrivilege(ports, 'recover')
  return withLock(ports.root, 'recover', ports.clock.now(), () => recover(ports, facts.kernel.bootId))
}

function refuseForbidden(warnings: readonly Warning[]): void {
  const forbidden = warnings.find(({ code }) => FORBID_APPLY.has(code))
  if (!forbidden) return
  throw new InputError({
    code: forbidden.code,
    message: forbidden.message,
    ...(forbidden.place ? { place: forbidden.place } : {}),
    next: 'Nothing was changed.',
  })
}
