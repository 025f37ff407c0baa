import { QuietcoreError } from '../core/errors.ts'
import { LOCK } from '../engine/lock.ts'
import type { Root } from '../host/ports.ts'
import { whenGone } from '../host/watch-gone.ts'

interface Parked {
  again: () => void
  giveUp: () => void
}

/** Work that waits for another quietcore to let the machine go, or for a better time. Of equal work the last counts. */
export class ParkedWork {
  readonly #root: Root
  readonly #forLock = new Map<string, Parked>()
  readonly #forTick = new Map<string, Parked>()
  #stop: (() => void) | undefined

  constructor(root: Root) {
    this.#root = root
  }

  /** `again` is called when the lock's file goes, or at the next tick: a killed holder leaves its file. */
  park(key: string, again: () => void, giveUp: () => void = () => {}): void {
    this.drop(key)
    this.#forLock.set(key, { again, giveUp })
    this.#stop ??= whenGone(this.#root, LOCK, () => this.#wakeForLock())
  }

  /** `again` is called at the next tick. */
  untilTick(key: string, again: () => void): void {
    this.drop(key)
    this.#forTick.set(key, { again, giveUp: () => {} })
  }

  /** Newer work of that key is there. Answers whether some was waiting. */
  drop(key: string): boolean {
    const waited = this.#forLock.delete(key)
    return this.#forTick.delete(key) || waited
  }

  tick(): void {
    for (const { again } of takeAll(this.#forTick)) again()
    this.#wakeForLock()
  }

  close(): void {
    this.#stop?.()
    for (const { giveUp } of [...takeAll(this.#forLock), ...takeAll(this.#forTick)]) giveUp()
  }

  #wakeForLock(): void {
    this.#stop?.()
    this.#stop = undefined
    for (const { again } of takeAll(this.#forLock)) again()
  }
}

function takeAll(waiting: Map<string, Parked>): Parked[] {
  const all = [...waiting.values()]
  waiting.clear()
  return all
}

/** another process changes or measures this machine */
export function isLocked(error: unknown): boolean {
  return error instanceof QuietcoreError && error.code === 'locked'
}
