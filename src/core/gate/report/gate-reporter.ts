import type { GateRecord } from '../gate-record.ts'

export interface GateReportOptions {
  /** colour by terminal sequences (text only) */
  color?: boolean
}

/** A report format of the chain: the whole text from one record, the same for the same record. */
export interface GateReporter {
  name: string
  render(record: GateRecord, options?: GateReportOptions): string
}
