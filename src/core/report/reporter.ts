import type { RunRecord } from './run-record.ts'

export interface ReportOptions {
  /** colour by terminal sequences (text only); never on unless asked for */
  color?: boolean
  /** file name to the tool's own output, to be folded into the page (html only) */
  raw?: ReadonlyMap<string, string>
}

/** A report format: the whole text from one run record, the same for the same record. */
export interface Reporter {
  name: string
  /** file name extension, without a dot */
  extension: string
  render(run: RunRecord, options?: ReportOptions): string
}
