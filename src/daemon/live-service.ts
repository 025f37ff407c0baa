import { QuietcoreError } from '../core/errors.ts'
import type { ServiceConfig } from '../core/service/service-config.ts'
import { choiceFrom } from '../engine/active-choice.ts'
import type { Active } from '../engine/journal/records.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'
import type { Tuned, Untuned } from '../engine/tune.ts'
import type { Verified } from '../engine/verified.ts'
import { byHandProblem } from './by-hand.ts'
import { choiceAtReload, sameChoice } from './choose-profile.ts'
import type { Keeper } from './keeper.ts'
import type { ServiceParts } from './service-parts.ts'
import type { Service, ServiceSnapshot } from './service-state.ts'

/** The running service: what it does when it is asked, poked or configured anew. One piece of work at a time. */
export class LiveService implements Service {
  readonly #parts: ServiceParts
  readonly #keeper: Keeper
  #byHand = false

  constructor(parts: ServiceParts, keeper: Keeper) {
    this.#parts = parts
    this.#keeper = keeper
  }

  get config(): ServiceConfig {
    return this.#keeper.config
  }

  snapshot(): ServiceSnapshot {
    return this.#parts.board.snapshot()
  }

  onChange(listener: (snapshot: ServiceSnapshot) => void): () => void {
    return this.#parts.board.onChange(listener)
  }

  apply(choice: ProfileChoice): Promise<Tuned> {
    return this.#parts.queue.add(undefined, async () => {
      const tuned = await this.#keeper.apply(choice, { whole: true })
      this.#parts.parked.drop('apply')
      this.#appliedByHand()
      return tuned
    })
  }

  off(): Promise<Untuned> {
    return this.#parts.queue.add(undefined, async () => {
      const untuned = await this.#keeper.off()
      this.#parts.parked.drop('apply')
      this.#appliedByHand()
      return untuned
    })
  }

  verify(): Promise<Verified | null> {
    return this.#parts.queue.add('verify', () => this.#verifyAndMend())
  }

  reload(): Promise<void> {
    return this.#parts.queue.add('reload', () => this.#reload())
  }

  /** Something came (a CPU, an interrupt, a card): it gets its settings. */
  hotplug(): Promise<void> {
    return this.#parts.queue.add('hotplug', () => this.#settleNewThings())
  }

  startRun(suite: string): Promise<{ unit: string }> {
    return this.#parts.tuner.startRun(suite)
  }

  stopRun(suite: string): Promise<void> {
    return this.#parts.tuner.stopRun(suite)
  }

  /** @throws InputError, MachineError when it cannot be looked at */
  async #verifyAndMend(): Promise<Verified | null> {
    const verified = await this.#keeper.verify()
    const active = this.#parts.tuner.active()
    if (verified?.state !== 'differs' || this.config.drift !== 'mend' || !active) return verified
    await this.#keeper.orLater('mend', () => this.#keeper.apply(choiceFrom(active), { asApplied: true }))
    return this.snapshot().verified
  }

  async #reload(): Promise<void> {
    const { board, parked, ports, stop, tuner, readConfig, reloading } = this.#parts
    reloading()
    try {
      const before = this.config
      const config = readConfig()
      board.problems.clear('config')
      this.#keeper.take(config)
      await this.#keeper.followConfig()
      if (stop.aborted) return
      const active = tuner.active()
      const choice = choiceAtReload(before, config, active, this.#byHand)
      if (before.profile?.name !== config.profile?.name) this.#byHand = false
      // What waited wanted the earlier configuration.
      const waited = parked.drop('apply')
      const anew = choice && (waited || this.#isNews(choice, active))
      const outcome = anew ? await this.#keeper.orLater('apply', () => this.#keeper.apply(choice)) : 'done'
      // What nobody asked to change is looked at, and mended only where it is to be.
      if (choice && !anew) await this.#verifyAndMend().catch(onBoard)
      this.#sayByHand()
      if (outcome === 'refused') return
      board.update({ reloads: this.snapshot().reloads + 1 })
      ports.log.write('info', 'the configuration was read again')
    } catch (error) {
      this.#keeper.refuse('config', error, 'the configuration that was in force stays')
    } finally {
      this.#keeper.rest()
      board.ready()
    }
  }

  /** Another profile, or other files of it, than what is in force by the journal. */
  #isNews(choice: ProfileChoice, active: Active | null): boolean {
    const { board, told, tuner } = this.#parts
    if (!active || !sameChoice(choice, choiceFrom(active)) || !tuner.isInForce(active)) return true
    return told.profileIsNews || board.problems.of('profile').length > 0
  }

  async #settleNewThings(): Promise<void> {
    const { tuner } = this.#parts
    const active = tuner.active()
    if (!active) return
    const how = { asApplied: true, leaveDrift: this.config.drift === 'report' }
    await this.#keeper.orLater('hotplug', () => this.#keeper.apply(choiceFrom(active), how))
  }

  #appliedByHand(): void {
    this.#byHand = true
    this.#sayByHand()
    this.#keeper.rest()
  }

  #sayByHand(): void {
    const { board, tuner, ports } = this.#parts
    const problem = this.#byHand ? byHandProblem(this.config, tuner.active(), ports.clock.now()) : undefined
    board.problems.set('by-hand', ...(problem ? [problem] : []))
  }
}

/** Why the machine could not be looked at is a problem on the board already. */
function onBoard(error: unknown): void {
  if (!(error instanceof QuietcoreError)) throw error
}
