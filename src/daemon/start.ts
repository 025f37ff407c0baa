import { InputError, MachineError, QuietcoreError } from '../core/errors.ts'
import { choiceFrom } from '../engine/active-choice.ts'
import type { Active } from '../engine/journal/records.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'
import { wantedChoice } from './choose-profile.ts'
import { type Keeper, wasKilled } from './keeper.ts'
import { isLocked } from './parked-work.ts'
import type { ServiceParts } from './service-parts.ts'
import type { Tuner } from './tuner.ts'
import { waitForMachine } from './wait-for-machine.ts'

/**
 * From the start of the process to serving: recover, apply, verify; then timers and history, which no tuning waits for.
 * @throws InputError, MachineError why the machine cannot be tuned
 */
export async function startServing(keeper: Keeper, parts: ServiceParts): Promise<void> {
  await tune(keeper, parts)
  if (!parts.stop.aborted) await keeper.followConfig()
}

/**
 * On a machine that is tuned already, what is bad or impossible now is a problem, and the tuning in force stays; on one
 * that is not, the service does not start.
 * @throws InputError, MachineError why the machine cannot be tuned
 */
async function tune(keeper: Keeper, parts: ServiceParts): Promise<void> {
  const { board, tuner, readConfig, stop } = parts
  const active = activeOrProblem(parts)
  try {
    keeper.take(readConfig())
  } catch (error) {
    if (!active) throw error
    keeper.refuse('config', error, `${active.profile} stays`)
  }
  board.update({ phase: 'recovering', profile: active?.profile ?? null, since: active?.since ?? null })
  const choice = wantedChoice(keeper.config, active)
  try {
    await tuner.recover()
    if (stop.aborted) return
    if (choice) await keeper.apply(choice)
    else await orNull(keeper.verify())
  } catch (error) {
    await goOnWithout(error, choice, active, keeper, parts)
  }
}

/** The wanted profile could not be applied: what is in force stays, if something is. */
async function goOnWithout(
  error: unknown,
  choice: ProfileChoice | null,
  active: Active | null,
  keeper: Keeper,
  parts: ServiceParts,
): Promise<void> {
  const { tuner, board, extendStart, parked, ports, stop } = parts
  if (!(error instanceof QuietcoreError) || stop.aborted) throw error
  if (isLocked(error)) {
    board.problems.set('locked', error)
    board.update()
    if (choice && active && (await staysTuned(choice, active, keeper, tuner))) {
      parked.park('apply', () => keeper.enqueue('apply', () => keeper.apply(choice)))
      return
    }
    await waitForMachine(ports.root, parked, extendStart, () => error)
    return tune(keeper, parts)
  }
  if (choice && wasKilled(error)) {
    parked.untilTick('apply', () => keeper.enqueue('apply', () => keeper.apply(choice), 2))
  }
  let last: QuietcoreError = error
  if (error instanceof InputError && active) {
    const failure = await failureOf(keeper.apply(choiceFrom(active), { asApplied: true }))
    if (!failure) return keeper.refuse('profile', error, `${active.profile} stays as it was applied`)
    // A bad file is the same at the next try; what the machine cannot do now, it may do then.
    if (failure instanceof MachineError) last = failure
  }
  if (!(await isTunedAlready(error, choice, active, keeper, tuner))) {
    if (last === error) throw error
    keeper.refuse('profile', error, 'what was applied before it could not be applied again yet')
    return goOnWithout(last, choice, active, keeper, parts)
  }
  const name = active?.profile ?? choice?.name
  keeper.refuse('profile', error, name === undefined ? 'no profile is applied' : `${name} stays as it is`)
  board.update({ profile: name ?? null })
}

/** By the journal; without a journal that can be read, by a look at the machine. */
async function isTunedAlready(
  error: QuietcoreError,
  choice: ProfileChoice | null,
  active: Active | null,
  keeper: Keeper,
  tuner: Tuner,
): Promise<boolean> {
  if (active !== null) {
    await orNull(keeper.verify())
    return tuner.isInForce(active)
  }
  return error.code === 'journal-damaged' && (choice === null || (await isAsWanted(keeper, choice)))
}

/** Another quietcore has the machine, maybe for hours. A change that is half done is none to serve with. */
async function staysTuned(
  choice: ProfileChoice,
  active: Active,
  keeper: Keeper,
  tuner: Tuner,
): Promise<boolean> {
  if (!tuner.isSettled()) return false
  if (!tuner.isInForce(active)) return active.profile === choice.name && isAsWanted(keeper, choice)
  await orNull(keeper.verify())
  return true
}

async function isAsWanted(keeper: Keeper, choice: ProfileChoice): Promise<boolean> {
  const verified = await orNull(keeper.verify(choice))
  return verified?.state === 'ok' || verified?.state === 'pending-reboot'
}

function activeOrProblem({ board, tuner }: ServiceParts): Active | null {
  try {
    return tuner.active()
  } catch (error) {
    board.problems.set('journal', error)
    return null
  }
}

/** Why it is so stands on the board. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof QuietcoreError) return null
    throw error
  }
}

async function failureOf(work: Promise<unknown>): Promise<QuietcoreError | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof QuietcoreError) return error
    throw error
  }
}
