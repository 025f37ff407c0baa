import { EXIT, InputError, QuietcoreError } from '../../core/errors.ts'

/** A request that is refused before the service is asked, with its HTTP status. */
export class Refusal extends QuietcoreError {
  readonly status: number
  readonly allow: string | undefined

  constructor(status: number, code: string, message: string, more: { next?: string; allow?: string } = {}) {
    super(EXIT.badInput, { code, message, ...(more.next === undefined ? {} : { next: more.next }) })
    this.status = status
    this.allow = more.allow
  }
}

/** The engine's errors in HTTP: the input is wrong; somebody else works on the machine; it could not be done. */
export function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status
  if (error instanceof InputError) return 422
  return error instanceof QuietcoreError && error.code === 'locked' ? 409 : 500
}
