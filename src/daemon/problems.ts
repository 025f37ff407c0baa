import { describeError, formatPlace, InputError, QuietcoreError } from '../core/errors.ts'
import type { Log, LogLevel } from '../host/ports.ts'
import type { Problem } from './service-state.ts'

/** Where a problem came from: the next success of the same takes it away. */
export type Source =
  | 'config'
  | 'profile'
  | 'new-things'
  | 'journal'
  | 'schedule'
  | 'locked'
  | 'by-hand'
  | 'control'
  | 'state'
  | 'history'
  | 'disk'

/** Nothing went wrong: somebody else's turn, or a person's wish. */
const CALM: ReadonlySet<Source> = new Set(['locked', 'by-hand'])

/** What the service could not do or refused, until it has gone. Its beginning and its end are a line of the log each. */
export class Problems {
  readonly #now: () => Date
  readonly #log: Log
  readonly #of = new Map<Source, readonly Problem[]>()

  constructor(now: () => Date, log: Log) {
    this.#now = now
    this.#log = log
  }

  /** Of `source` there are these now. A problem that stays keeps its time. */
  set(source: Source, ...found: readonly unknown[]): void {
    this.#put(source, found, '')
  }

  /** Something was asked for and not done; `instead` says what is so all the same. */
  refuse(source: Source, error: unknown, instead: string): void {
    this.#put(source, [error], `; ${instead}`)
  }

  clear(...sources: readonly Source[]): void {
    for (const source of sources) this.#put(source, [], '')
  }

  of(source: Source): readonly Problem[] {
    return this.#of.get(source) ?? []
  }

  /** newest first */
  list(): Problem[] {
    return [...this.#of.values()].flat().sort((a, b) => (a.since < b.since ? 1 : a.since > b.since ? -1 : 0))
  }

  #put(source: Source, found: readonly unknown[], instead: string): void {
    const earlier = this.of(source)
    const problems = found.map((one) => {
      const problem = isProblem(one) ? one : this.#from(one)
      const same = earlier.find((other) => isSame(other, problem))
      if (!same) this.#log.write(levelOf(source, one), textOf(problem) + instead)
      return same ? { ...problem, since: same.since } : problem
    })
    for (const one of earlier) {
      if (problems.some((other) => isSame(one, other))) continue
      this.#log.write('info', `no longer so: ${textOf(one)}`)
    }
    this.#of.delete(source)
    if (problems.length > 0) this.#of.set(source, problems)
  }

  #from(error: unknown): Problem {
    const since = this.#now().toISOString()
    // Anything else is a fault of quietcore itself; the service goes on and shows it.
    if (!(error instanceof QuietcoreError)) return { code: 'internal', message: describeError(error), since }
    const { code, message, place, next } = error
    return { code, message, ...(place && { place }), ...(next !== undefined && { next }), since }
  }
}

function isSame(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.message === b.message && JSON.stringify(a.place) === JSON.stringify(b.place)
}

function levelOf(source: Source, found: unknown): LogLevel {
  if (CALM.has(source)) return 'info'
  return found instanceof InputError || isProblem(found) ? 'warn' : 'error'
}

function textOf({ place, message }: Problem): string {
  return `${place ? `${formatPlace(place)}: ` : ''}${message}`
}

function isProblem(value: unknown): value is Problem {
  return !(value instanceof Error) && typeof value === 'object' && value !== null && 'since' in value
}
