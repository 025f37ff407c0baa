import { MachineError } from '../core/errors.ts'

interface Item {
  key: string | undefined
  answer: Promise<unknown>
  start: () => Promise<void>
  refuse: (error: Error) => void
}

/** The service does one piece of work at a time. Work that waits is joined by equal work: a thousand reloads are two. */
export class WorkQueue {
  readonly #waiting: Item[] = []
  readonly #monotonicMs: () => number
  readonly #whenIdle: () => void
  #running: Promise<void> | undefined
  #startedMs: number | undefined
  #closed = false

  /** @param whenIdle called after the last piece of work that waited, when its answer is given */
  constructor(monotonicMs: () => number, whenIdle: () => void = () => {}) {
    this.#monotonicMs = monotonicMs
    this.#whenIdle = whenIdle
  }

  /** how long the work under way has been going on, ms; 0 when there is none */
  get busyMs(): number {
    return this.#startedMs === undefined ? 0 : this.#monotonicMs() - this.#startedMs
  }

  /** Does the work after all that came before. Work with a key that waits already is not done twice. */
  add<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(stopping())
    const same = key === undefined ? undefined : this.#waiting.find((item) => item.key === key)
    if (same) return same.answer as Promise<T>
    const { promise, resolve, reject } = withResolvers<T>()
    const start = () => work().then(resolve, reject)
    this.#waiting.push({ key, answer: promise, start, refuse: reject })
    this.#running ??= this.#drain()
    return promise
  }

  /** Lets the work under way end; what waits is refused. */
  async close(): Promise<void> {
    this.#closed = true
    for (const item of this.#waiting.splice(0)) item.refuse(stopping())
    await this.#running
  }

  async #drain(): Promise<void> {
    // First the caller gets its promise.
    await Promise.resolve()
    for (let item = this.#waiting.shift(); item; item = this.#waiting.shift()) {
      this.#startedMs = this.#monotonicMs()
      await item.start()
      this.#startedMs = undefined
    }
    this.#running = undefined
    setImmediate(() => {
      if (!this.#running) this.#whenIdle()
    })
  }
}

function stopping(): MachineError {
  return new MachineError({
    code: 'service-stops',
    message: 'quietcore.service is stopping and takes no more work',
    next: 'Try again when it has ended; the command line then works by itself.',
  })
}

function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
