import type { OpenNotifier } from '../host/notifier.ts'
import type { Problems } from './problems.ts'
import type { ServiceSnapshot } from './service-state.ts'
import { statusLine } from './status-line.ts'

type Known = Omit<ServiceSnapshot, 'version' | 'pid' | 'problems'>

const NOTHING: Known = {
  phase: 'starting',
  profile: null,
  since: null,
  verified: null,
  lastVerdicts: [],
  schedule: [],
  reloads: 0,
}

/** What is known of the service now. Who watches it, and the service manager, hear of every change. */
export class Board {
  readonly problems: Problems
  readonly #version: string
  readonly #notifier: OpenNotifier
  readonly #listeners = new Set<(snapshot: ServiceSnapshot) => void>()
  #known = NOTHING
  #status = ''
  #stopped = false

  constructor(version: string, problems: Problems, notifier: OpenNotifier) {
    this.#version = version
    this.problems = problems
    this.#notifier = notifier
  }

  snapshot(): ServiceSnapshot {
    return { version: this.#version, pid: process.pid, ...this.#known, problems: this.problems.list() }
  }

  /** Writes down what has changed (also in `problems`). */
  update(change: Partial<Known> = {}): void {
    this.#known = { ...this.#known, ...change, ...(this.#stopped ? { phase: 'stopping' } : {}) }
    const status = statusLine(this.snapshot())
    if (status !== this.#status && !this.#stopped) this.#notifier.status(status)
    this.#status = status
    for (const listener of this.#listeners) listener(this.snapshot())
  }

  /** READY=1: applied and verified, or loaded anew. */
  ready(): void {
    if (this.#stopped) return
    this.#status = statusLine(this.snapshot())
    this.#notifier.ready(this.#status)
  }

  /** STOPPING=1. What is still under way comes to its end, and says nothing of it. */
  stopping(): void {
    this.#stopped = true
    this.update()
    this.#notifier.stopping('stopping; the tuning stays')
  }

  onChange(listener: (snapshot: ServiceSnapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
