import { EXIT, type Place, QuietcoreError } from '../core/errors.ts'

/** Raised when a field changes its meaning or goes; new optional fields do not raise it. */
export const SCHEMA_VERSION = 1

/** Every answer in JSON is one object with its version (docs/schema). */
export function answerText(answer: object): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...answer }, null, 2)}\n`
}

export interface ErrorAnswer {
  error: { code: string; message: string; place?: Place; next?: string }
  exitCode: number
}

/** What the service answers where a command would end with an error (docs/schema/error.schema.json). */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (!(error instanceof QuietcoreError)) {
    const message = `a fault in quietcore itself: ${error instanceof Error ? error.message : String(error)}`
    return { error: { code: 'internal', message }, exitCode: EXIT.cannot }
  }
  const { code, message, place, next, exitCode } = error
  return {
    error: { code, message, ...(place ? { place } : {}), ...(next ? { next } : {}) },
    exitCode,
  }
}
