import { resolve } from 'node:path'
import { EXIT } from '../core/errors.ts'
import { findReporter } from '../core/report/reporters.ts'
import type { RunRecord } from '../core/report/run-record.ts'
import type { Result } from '../core/verdict/verdict.ts'
import { openRoot } from '../host/root.ts'
import { note } from './output.ts'

export interface ReportTarget {
  format: string
  /** a file of this machine; undefined: stdout */
  output?: string | undefined
  raw?: ReadonlyMap<string, string>
}

/** Prints a report, or writes it to a file whole. */
export function writeReport(record: RunRecord, { format, output, raw }: ReportTarget): void {
  const color = output === undefined && process.stdout.isTTY === true && !process.env.NO_COLOR
  const text = findReporter(format).render(record, { color, ...(raw ? { raw } : {}) })
  if (output === undefined || output === '-') process.stdout.write(text)
  else {
    openRoot('/').writeFile(resolve(output), text)
    note(`The report is in ${output}.`)
  }
}

/** `--json` is the format json. */
export function formatOf(options: { format?: string; json?: boolean }): string {
  return options.json ? 'json' : (options.format ?? 'text')
}

export const VERDICT_EXIT: Readonly<Record<Result, number>> = {
  pass: EXIT.done,
  fail: EXIT.no,
  undecided: EXIT.undecided,
}
