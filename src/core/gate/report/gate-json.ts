import type { GateReporter } from './gate-reporter.ts'

/** The record itself (docs/schema/gate.schema.json). */
export const gateJson: GateReporter = {
  name: 'json',
  render: (record) => `${JSON.stringify(record, null, 2)}\n`,
}
