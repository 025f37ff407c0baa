import type { Root } from '../host/ports.ts'
import { NOTHING_READ, type ProfileRead } from './profile-read.ts'
import { CONFIG_FOLDER, filesBelow, markNow, NOT_THERE, ownFiles } from './service-files.ts'

/** What the service was told by files, as they stood when it last read them. */
export class Told {
  readonly #root: Root
  #marks = new Map<string, string>()
  #inForce = NOTHING_READ
  #refused = NOTHING_READ
  #profileIsNews = false
  #revision = 0

  constructor(root: Root) {
    this.#root = root
  }

  /** Called before the files are read: what is written while they are read, is found to be newer. */
  remember(): void {
    const now = this.#now()
    this.#profileIsNews ||= this.#profileFiles().some((file) => this.#differs(file, now))
    this.#marks = now
  }

  hasChanged(): boolean {
    const now = this.#now()
    return [...new Set([...now.keys(), ...this.#marks.keys()])].some((file) => this.#differs(file, now))
  }

  /** what a profile was read from had changed when it was remembered, and no profile was applied since */
  get profileIsNews(): boolean {
    return this.#profileIsNews
  }

  /** another one: there are other files to watch */
  get revision(): number {
    return this.#revision
  }

  /** Another process read a profile and applied it. `refusedToo`: a refused one is waited for all the same. */
  applied(read: ProfileRead, refusedToo: boolean): void {
    this.#inForce = read
    if (!refusedToo) this.#refused = NOTHING_READ
    this.#take(read)
  }

  /** It is not in force, and may be once one of its files is another, or there. */
  refused(read: ProfileRead): void {
    this.#refused = read
    this.#take(read)
  }

  /** The profile in force was only looked at: its files count as long as nothing is known of an apply. */
  looked(read: ProfileRead): void {
    if (this.#inForce === NOTHING_READ) this.applied(read, true)
  }

  off(): void {
    this.applied(NOTHING_READ, false)
  }

  files(): string[] {
    return [...new Set([...ownFiles(this.#root), ...this.#profileFiles()])].sort()
  }

  /** A place that is looked at no more is as a file that is not there. */
  #differs(file: string, now: ReadonlyMap<string, string>): boolean {
    return (now.get(file) ?? NOT_THERE) !== (this.#marks.get(file) ?? NOT_THERE)
  }

  #now(): Map<string, string> {
    return new Map(this.files().map((file) => [file, markNow(this.#root, file)]))
  }

  #profileFiles(): string[] {
    const reads = [this.#inForce, this.#refused]
    const beside = reads.flatMap(({ folders }) => folders).flatMap((dir) => filesBelow(this.#root, dir, 1))
    return [...reads.flatMap(({ marks }) => Object.keys(marks)), ...beside]
  }

  #take({ marks }: ProfileRead): void {
    const known = { ...this.#inForce.marks, ...this.#refused.marks }
    const kept = [...this.#marks].filter(([file]) => file in known || file.startsWith(`${CONFIG_FOLDER}/`))
    this.#marks = new Map([...Object.entries(known), ...kept, ...Object.entries(marks)])
    this.#profileIsNews = false
    this.#revision++
  }
}
