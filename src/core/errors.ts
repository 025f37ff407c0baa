/** Exit codes of the program (docs/architecture.md). */
export const EXIT = { done: 0, no: 1, badInput: 2, cannot: 3, undecided: 4 } as const

export interface Place {
  file: string
  line?: number
}

export interface QuietcoreErrorInit {
  /** stable, kebab-case, for scripts: `unknown-profile` */
  code: string
  /** what was wanted and what was found, one sentence, no full stop needed */
  message: string
  place?: Place
  /** what the operator should do next, one sentence */
  next?: string
  cause?: unknown
}

/** An error that an operator reads: what was wanted, what was found, where, and what to do next. */
export class QuietcoreError extends Error {
  readonly code: string
  readonly exitCode: number
  readonly place: Place | undefined
  readonly next: string | undefined

  constructor(exitCode: number, init: QuietcoreErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = new.target.name
    this.exitCode = exitCode
    this.code = init.code
    this.place = init.place
    this.next = init.next
  }
}

/** The input (usage, profile, configuration, file) is wrong: exit 2, nothing changed. */
export class InputError extends QuietcoreError {
  constructor(init: QuietcoreErrorInit) {
    super(EXIT.badInput, init)
  }
}

/** The input is right but it could not be done here (privilege, missing tool, lock, I/O): exit 3. */
export class MachineError extends QuietcoreError {
  constructor(init: QuietcoreErrorInit) {
    super(EXIT.cannot, init)
  }
}

/** `/etc/x.conf:12` or `/etc/x.conf`. */
export function formatPlace(place: Place): string {
  return place.line === undefined ? place.file : `${place.file}:${place.line}`
}

/** One or two lines for a terminal: `file:line: message`, then what to do next. */
export function describeError(error: unknown): string {
  if (!(error instanceof QuietcoreError)) return error instanceof Error ? error.message : String(error)
  const where = error.place ? `${formatPlace(error.place)}: ` : ''
  return `${where}${error.message}${error.next ? `\n  ${error.next}` : ''}`
}
