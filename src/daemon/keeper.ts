import { QuietcoreError } from '../core/errors.ts'
import { DEFAULT_SERVICE_CONFIG, type ServiceConfig } from '../core/service/service-config.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'
import type { Tuned, Untuned } from '../engine/tune.ts'
import type { Verified } from '../engine/verified.ts'
import { isWanted } from './choose-profile.ts'
import { errorFrom } from './duties/in-child.ts'
import type { Works } from './duties/order.ts'
import { fromConfig } from './from-config.ts'
import { isLocked } from './parked-work.ts'
import type { ServiceParts } from './service-parts.ts'
import type { Phase } from './service-state.ts'

/** Memory that was short may not be so later; a process that dies of its work dies again. */
const MOST_TRIES = 3

type How = Partial<Omit<Works['apply']['asked'], 'choice'>>

/** Of work of the service's own. */
export type Outcome = 'done' | 'waits' | 'refused'

/** Keeps the machine tuned by its configuration, and writes on the board what came of it. The caller has the queue. */
export class Keeper {
  readonly #parts: ServiceParts
  #config: ServiceConfig | null = null
  #rest: Phase = 'starting'

  constructor(parts: ServiceParts) {
    this.#parts = parts
  }

  /** The defaults as long as there is none to go by. */
  get config(): ServiceConfig {
    return this.#config ?? DEFAULT_SERVICE_CONFIG
  }

  /** null: quietcore.conf was refused at the start. What it wants kept is not known, so nothing is let go by a default. */
  get knownConfig(): ServiceConfig | null {
    return this.#config
  }

  /** From now on it rests serving: before, between two steps of the start, it does not. */
  started(): void {
    this.#rest = 'serving'
    this.#parts.board.update({ phase: 'serving' })
  }

  /** Takes a configuration over. */
  take(config: ServiceConfig): void {
    this.#config = config
    this.#parts.setLogLevel(config.logLevel)
  }

  /** Brings timers and history up to the configuration. What goes wrong is a problem: no tuning depends on it. */
  async followConfig(): Promise<void> {
    await this.#parts.configured(this.#config)
  }

  /** Applies and verifies; `whole` is for a person, and its answer has each setting. @throws as the engine's `tune` */
  async apply(choice: ProfileChoice, how: How = {}): Promise<Tuned> {
    const { asApplied = false, leaveDrift = false, whole = false } = how
    const { board, told, tuner } = this.#parts
    board.update({ phase: 'applying' })
    try {
      const done = await tuner.apply({ choice, asApplied, leaveDrift, whole })
      const wanted = isWanted(choice, this.config)
      if ('refused' in done) {
        // What a person tried in vain is nothing to wait for.
        if (!whole && !asApplied) told.refused(done.read)
        const error = errorFrom(done.refused)
        throw !whole && wanted ? fromConfig(error, this.config) : error
      }
      const { tuned, read, verified, verifyError } = done
      if (!asApplied) told.applied(read, !wanted)
      board.problems.clear('locked', 'new-things')
      // Another one, or its earlier text, does not make good the one that is wanted.
      if (wanted && !asApplied) board.problems.clear('profile')
      this.#looked(verified, verifyError === null ? undefined : errorFrom(verifyError))
      return tuned
    } finally {
      this.rest()
    }
  }

  async off(): Promise<Untuned> {
    const { board, told, tuner } = this.#parts
    const untuned = await tuner.off()
    told.off()
    board.problems.clear('profile', 'new-things')
    this.#looked(null)
    this.rest()
    return untuned
  }

  /** @param choice instead of the profile that the journal names. @throws InputError, MachineError why it is not known */
  async verify(choice?: ProfileChoice): Promise<Verified | null> {
    const { board, told, tuner } = this.#parts
    board.update({ phase: 'verifying' })
    try {
      const { verified, read } = await tuner.verify(choice)
      if (read) told.looked(read)
      this.#looked(verified)
      return verified
    } catch (error) {
      this.#looked(null, error)
      throw error
    } finally {
      this.rest()
    }
  }

  /** What is in force now, by the journal. */
  rest(): void {
    const { board, tuner } = this.#parts
    try {
      const active = tuner.active()
      board.problems.clear('journal')
      board.update({ phase: this.#rest, profile: active?.profile ?? null, since: active?.since ?? null })
    } catch (error) {
      // What was in force before the journal was damaged is so now.
      board.problems.set('journal', error)
      board.update({ phase: this.#rest })
    }
  }

  /** Does work of the service's own. While another quietcore has the machine it waits; what goes wrong is a problem. */
  async orLater(key: string, work: () => Promise<unknown>, tries = 1): Promise<Outcome> {
    const { board, parked, stop } = this.#parts
    if (stop.aborted) return 'waits'
    const again = (next: number) => () => this.enqueue(key, work, next)
    try {
      await work()
      return 'done'
    } catch (error) {
      if (!isLocked(error)) {
        board.problems.clear('locked')
        this.refuse(key === 'apply' ? 'profile' : 'new-things', error, 'the tuning that was in force stays')
        if (wasKilled(error) && tries < MOST_TRIES) parked.untilTick(key, again(tries + 1))
        return 'refused'
      }
      board.problems.set('locked', error)
      board.update()
      parked.park(key, again(tries))
      return 'waits'
    }
  }

  /** Queues work of the service's own. Nobody waits for it: its errors are problems, and a stop refuses what still waits. */
  enqueue(key: string, work: () => Promise<unknown>, tries = 1): void {
    void this.#parts.queue.add(key, () => this.orLater(key, work, tries)).catch(() => {})
  }

  refuse(source: 'config' | 'profile' | 'new-things', error: unknown, instead: string): void {
    const { board } = this.#parts
    board.problems.refuse(source, error, instead)
    board.update()
  }

  /** How it was when it was last looked at, says nothing once it cannot be. */
  #looked(verified: Verified | null, error?: unknown): void {
    const { board } = this.#parts
    if (error === undefined) board.problems.clear('state')
    else board.problems.set('state', error)
    board.update({ verified })
  }
}

/** The process that did the work ended before it could answer, which says nothing of the work. */
export function wasKilled(error: unknown): boolean {
  return error instanceof QuietcoreError && error.code === 'work-ended-early'
}
