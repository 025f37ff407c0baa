import { InputError } from '../errors.ts'
import { RUN_SCHEMA_VERSION, type RunRecord } from './run-record.ts'

/**
 * The object of run.json and of `report --format json`: the record, and for a run of one measurement that measurement's
 * fields on top as well (`tool`, `cpus`, `all`, `findings` …), so that a script need not look into a list of one.
 */
export function toRunJson(run: RunRecord): Record<string, unknown> {
  const [only, ...others] = run.measurements
  const top =
    only && others.length === 0
      ? {
          tool: only.tool,
          toolVersion: only.toolVersion,
          argv: only.argv,
          cpus: only.cpus.map(withoutHistogram),
          all: only.all && withoutHistogram(only.all),
          findings: only.findings,
        }
      : { findings: run.measurements.flatMap((measurement) => measurement.findings) }
  const { schemaVersion, id, ...rest } = run
  return { schemaVersion, id, ...top, ...rest }
}

/**
 * Reads run.json again. The fields on top that repeat a single measurement are dropped.
 * @throws InputError `bad-run-record` when it is no run record of a version that this program knows.
 */
export function parseRunJson(text: string, file: string): RunRecord {
  const refuse = (message: string, cause?: unknown) =>
    new InputError({
      code: 'bad-run-record',
      message,
      place: { file },
      next: 'A run record is the run.json that quietcore validate writes.',
      ...(cause !== undefined && { cause }),
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refuse('this is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('this is no run record')
  const found = value as Record<string, unknown>
  if (found.schemaVersion !== RUN_SCHEMA_VERSION) {
    throw refuse(
      `schemaVersion is ${JSON.stringify(found.schemaVersion) ?? 'missing'}, this program reads ${RUN_SCHEMA_VERSION}`,
    )
  }
  const { tool, toolVersion, argv, cpus, all, findings, ...record } = found
  const { measurements, thresholds, verdict } = record as { [key: string]: unknown }
  if (!Array.isArray(measurements) || !Array.isArray(thresholds) || typeof verdict !== 'object' || !verdict) {
    throw refuse('measurements, thresholds or verdict are missing')
  }
  return record as unknown as RunRecord
}

function withoutHistogram<T extends { histogram: unknown }>({ histogram, ...rest }: T): Omit<T, 'histogram'> {
  return rest
}
