import { styleText } from 'node:util'
import { answerText } from '../answers/answer.ts'
import { printableLines } from './printable.ts'

/** The answer of a command as one JSON object on stdout. */
export function printJson(answer: object): void {
  process.stdout.write(answerText(answer))
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** A remark on stderr, which never mixes with the answer. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

export interface PrintedError {
  code: string
  message: string
  /** message without place and advice, for JSON */
  plain?: string
  place?: { file: string; line?: number } | undefined
  next?: string | undefined
}

/** An error on stderr; with --json also as the object on stdout, so that a script always gets one. */
export function printError(error: PrintedError, json: boolean): void {
  const { code, message, plain, place, next } = error
  if (json)
    printJson({
      error: { code, message: plain ?? message, ...(place ? { place } : {}), ...(next ? { next } : {}) },
    })
  note(printableLines(`quietcore: ${message}${plain === undefined && next ? `\n  ${next}` : ''}`))
}

export type Style = Parameters<typeof styleText>[0]

/** Colour only where a person reads it: a terminal, and NO_COLOR (no-color.org) not set. */
export function colour(text: string, style: Style, stream: NodeJS.WriteStream = process.stdout): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text
}
