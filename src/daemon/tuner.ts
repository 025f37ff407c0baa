import type { ServiceConfig } from '../core/service/service-config.ts'
import { readJournal } from '../engine/active.ts'
import type { Active } from '../engine/journal/records.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'
import type { Untuned } from '../engine/tune.ts'
import type { LogLevel, Root } from '../host/ports.ts'
import { workInChild } from './duties/in-child.ts'
import type { Applied, Looked, Refused, Scheduled, Work, Works } from './duties/order.ts'

const BOOT_ID = '/proc/sys/kernel/random/boot_id'

/** What the service has done to the machine, each time by a process that looks at it anew and ends. */
export class Tuner {
  readonly #root: Root
  #logLevel: LogLevel = 'info'

  constructor(root: Root) {
    this.#root = root
  }

  /** of the processes that do the work from now on */
  setLogLevel(least: LogLevel): void {
    this.#logLevel = least
  }

  /** @throws MachineError `journal-damaged` */
  active(): Active | null {
    return readJournal({ root: this.#root }).settled.active
  }

  /** the active profile's live values are still those of this boot */
  isInForce({ bootId }: Active): boolean {
    return bootId === this.#root.readTextIfThere(BOOT_ID)?.trim()
  }

  /** no change of the machine is under way or was left half-way */
  isSettled(): boolean {
    return !readJournal({ root: this.#root }).open
  }

  /** Settles what a crash left half-way. */
  async recover(): Promise<void> {
    if (!this.isSettled()) await this.#do('recover', {})
  }

  /** Applies, and looks at the machine afterwards. */
  apply(asked: Works['apply']['asked']): Promise<Applied | Refused> {
    return this.#do('apply', asked)
  }

  off(): Promise<Untuned> {
    return this.#do('off', {})
  }

  /** Looks at every setting of the active profile, or of `other` without asking the journal, and keeps the result. */
  verify(other?: ProfileChoice): Promise<Looked> {
    return this.#do('verify', other ? { other } : {})
  }

  /** Makes the timers what suites and configuration say; null leaves what it says as it is. */
  schedule(config: ServiceConfig | null): Promise<Scheduled> {
    return this.#do('schedule', { config })
  }

  startRun(suite: string): Promise<{ unit: string }> {
    return this.#do('start-run', { suite })
  }

  async stopRun(suite: string): Promise<void> {
    await this.#do('stop-run', { suite })
  }

  #do<W extends Work>(work: W, asked: Works[W]['asked']): Promise<Works[W]['answer']> {
    const service = process.pid
    return workInChild<W>({ work, asked, root: this.#root.dir, service, logLevel: this.#logLevel })
  }
}
