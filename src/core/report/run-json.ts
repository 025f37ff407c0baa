import { InputError } from '../errors.ts'
import { RUN_SCHEMA_VERSION, type RunRecord } from './run-record.ts'
import { runTop } from './run-top.ts'

/**
 * The object of run.json and of `report --format json`: the record, and on top of it the fields of its measurements
 * (`tool`, `cpus`, `all`, `findings` …), so that a script need not look into a list.
 */
export function toRunJson(run: RunRecord): Record<string, unknown> {
  const { schemaVersion, id, ...rest } = run
  return { schemaVersion, id, ...runTop(run.measurements), ...rest }
}

/**
 * Reads run.json again. The fields on top that repeat the measurements are dropped.
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
