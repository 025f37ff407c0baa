import type { Reporter } from './reporter.ts'
import { toRunJson } from './run-json.ts'

/** run.json itself (docs/schema/run.schema.json). */
export const jsonReporter: Reporter = {
  name: 'json',
  extension: 'json',
  render: (run) => `${JSON.stringify(toRunJson(run), null, 2)}\n`,
}
