import { errorAnswer } from '../../answers/answer.ts'
import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { QuietcoreError } from '../../core/errors.ts'
import type { ObservedPlan } from '../../core/plan/plan.ts'
import type { ProfileLibrary } from '../../core/profile/profile.ts'
import { readJournal } from '../../engine/active.ts'
import { choiceFrom } from '../../engine/active-choice.ts'
import { type Shown, shownIn } from '../../engine/journal/records.ts'
import { keepingLibrary, keptTexts } from '../../engine/kept-profile.ts'
import { makePlan } from '../../engine/make-plan.ts'
import { stayAside } from '../../engine/measure/stay-aside.ts'
import { observe } from '../../engine/observe.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { planFor } from '../../engine/plan-for.ts'
import { openLibrary } from '../../engine/profile-library.ts'
import { type ProfileChoice, resolveProfile } from '../../engine/resolve-profile.ts'
import { settle, type Tuned, tune, type Untuned, untune } from '../../engine/tune.ts'
import { UnfinishedError } from '../../engine/unfinished-error.ts'
import { type Drifted, keepVerified, readVerified, type Verified, verifiedOf } from '../../engine/verified.ts'
import type { Log, Root } from '../../host/ports.ts'
import type { Machine } from '../../settings/kind.ts'
import { ProfileReading } from '../profile-read.ts'
import { driftedIds, keepKnown } from './leave-drift.ts'
import type { Applied, Looked, Refused, Works } from './order.ts'
import { sayChanged, sayMade, sayUndone } from './say-changes.ts'

/** What the service does to the machine. Every call looks at it anew: CPUs, interrupts and threads come and go. */
export class Tuning {
  readonly #dir: string
  readonly #service: number
  readonly #log: Log

  /** @param service its process */
  constructor(dir: string, service: number, log: Log) {
    this.#dir = dir
    this.#service = service
    this.#log = log
  }

  async recover(): Promise<void> {
    const machine = this.#machine()
    const journal = readJournal(machine.ports)
    if (!journal.open) return
    const recovered = await settle(machine)
    if (!recovered) return
    sayUndone(recovered.undone, shownIn(journal), this.#log)
    const done = recovered.operation === 'apply' ? 'undone' : 'completed'
    this.#log.write('warn', `an interrupted ${recovered.operation} of ${recovered.profile} was ${done}`)
  }

  /** Applies and looks at what came of it. */
  async apply({ choice, asApplied, leaveDrift, whole }: Works['apply']['asked']): Promise<Applied | Refused> {
    const machine = this.#machine()
    const reading = new ProfileReading(machine.ports.root)
    const { root } = machine.ports
    const { bootId } = machine.facts.kernel
    const before = shownBefore(root)
    try {
      const library = asApplied
        ? libraryAsApplied(choice, root, reading)
        : openLibrary(root, choice.profileDirs, reading.look)
      const leaveAlone = leaveDrift ? await this.#drifted(choice, machine, library) : []
      const tuned = await tune(choice, machine, new Set(leaveAlone), library)
      this.#say(tuned, before)
      keepKnown(root, bootId, tuned.settings)
      const answer = { ...tuned, plan: { ...tuned.plan, settings: [] }, ...(whole ? {} : { settings: [] }) }
      return { tuned: answer, read: reading.read, ...(await this.#verifyApplied()) }
    } catch (error) {
      if (!(error instanceof QuietcoreError)) throw error
      if (error instanceof UnfinishedError) sayMade(error.made, before, this.#log)
      return { refused: errorAnswer(error), read: reading.read }
    } finally {
      await this.#keepAside(machine)
    }
  }

  async #drifted(choice: ProfileChoice, machine: Machine, library: ProfileLibrary): Promise<string[]> {
    const { ports, facts } = machine
    const { settings } = await planFor(choice, machine, library)
    const { held } = readJournal(ports).settled
    return driftedIds(settings, held, facts.kernel.bootId, ports.root)
  }

  async #verifyApplied(): Promise<Pick<Applied, 'verified' | 'verifyError'>> {
    try {
      return { verified: (await this.verify()).verified, verifyError: null }
    } catch (error) {
      return { verified: null, verifyError: errorAnswer(error) }
    }
  }

  async off(): Promise<Untuned> {
    const machine = this.#machine()
    const before = shownBefore(machine.ports.root)
    try {
      const untuned = await untune(machine)
      sayUndone([...(untuned.recovered?.undone ?? []), ...untuned.undone], before, this.#log)
      this.#log.write('info', untuned.profile === null ? 'nothing was applied' : `${untuned.profile} is off`)
      return untuned
    } catch (error) {
      if (error instanceof UnfinishedError) sayMade(error.made, before, this.#log)
      throw error
    }
  }

  /**
   * Looks at every setting of the active profile, or of `other` without asking the journal, and keeps the result where
   * there is room for it; null without a profile.
   */
  async verify(other?: ProfileChoice): Promise<Looked> {
    const machine = this.#machine()
    const { ports, facts } = machine
    const active = other ? null : readJournal(ports).settled.active
    const choice = other ?? (active ? choiceFrom(active) : undefined)
    if (!choice) return { verified: null, read: null }
    const reading = new ProfileReading(ports.root)
    const library = active
      ? libraryAsApplied(choice, ports.root, reading)
      : openLibrary(ports.root, choice.profileDirs, reading.look)
    await this.#keepAside(machine)
    const observed = active
      ? await planFor(choice, machine, library)
      : await observePlan(choice, machine, library)
    const verified = verifiedOf(observed, facts.kernel.bootId, ports.clock.now())
    const before = readVerified(ports.root)
    // Without the journal it is not known how it was left.
    for (const one of active ? newlyDrifted(before, verified) : []) {
      const fields = { want: one.want, have: one.have }
      if (one.state === 'differs') this.#log.write('warn', `${one.target} is not as it was left`, fields)
    }
    this.#keep(ports.root, verified)
    return { verified, read: reading.read }
  }

  /** A disk that is full takes no result, and yet what was found is so, and is to be told and mended. */
  #keep(root: Root, verified: Verified): void {
    try {
      keepVerified(root, verified)
    } catch (error) {
      if (!(error instanceof QuietcoreError)) throw error
      this.#log.write('error', `the result of this verify is not kept: ${error.message}`)
    }
  }

  #machine(): Machine {
    // This is the service, also before its socket says so.
    return { ...openMachine(this.#dir, this.#log), service: true }
  }

  #say({ plan, changed, released, refused, recovered }: Tuned, before: ReadonlyMap<string, Shown>): void {
    sayUndone(recovered?.undone ?? [], before, this.#log)
    sayChanged(changed, this.#log)
    sayUndone(released, before, this.#log)
    for (const { id, reason } of refused)
      this.#log.write('info', `${id} is refused by this machine`, { reason })
    const count = changed.length + released.length
    const what = count === 0 ? 'was as wanted already' : `applied, ${count} settings changed`
    this.#log.write('info', `${plan.profile}: ${what}`)
  }

  /** The service must never itself run where there is to be silence. */
  async #keepAside({ facts, ports }: Machine): Promise<void> {
    if (!ports.root.live) return
    const housekeeping: CpuSet = facts.cpu.online.minus(facts.cpu.isolated)
    if (housekeeping.size > 0) await stayAside(ports.root, ports.tasks, this.#service, housekeeping)
  }
}

/** A journal that cannot be read is for the work itself to say. */
function shownBefore(root: Root): ReadonlyMap<string, Shown> {
  try {
    return shownIn(readJournal({ root }))
  } catch (error) {
    if (error instanceof QuietcoreError) return new Map()
    throw error
  }
}

/** The files as they are now only where none were kept. */
function libraryAsApplied(choice: ProfileChoice, root: Root, reading: ProfileReading): ProfileLibrary {
  const library = openLibrary(root, choice.profileDirs, reading.look)
  const texts = keptTexts(choice, readJournal({ root }).settled.active)
  return texts ? keepingLibrary(library, texts) : library
}

async function observePlan(
  choice: ProfileChoice,
  machine: Machine,
  library: ProfileLibrary,
): Promise<ObservedPlan> {
  const plan = makePlan(resolveProfile(choice, machine, library), machine)
  return { ...plan, settings: await observe(plan.settings, machine.ports, []) }
}

function newlyDrifted(before: Verified | null, now: Verified): Drifted[] {
  const known = new Set(
    before?.profile === now.profile && before.bootId === now.bootId
      ? before.drifted.map(({ id, have }) => `${id}\0${have}`)
      : [],
  )
  return now.drifted.filter(({ id, have }) => !known.has(`${id}\0${have}`))
}
