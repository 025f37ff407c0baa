import { InputError } from '../../core/errors.ts'
import { joinTextAndJson } from '../../core/latency/cross-check.ts'
import type { Measurement } from '../../core/latency/measurement.ts'
import { createParser } from '../../core/latency/parser.ts'
import { readChunks } from '../../host/read-chunks.ts'

/** What an operator knows of a file's run and the file does not say. */
export interface Hints {
  argv?: readonly string[]
  durationS?: number
}

/**
 * The measurements in a file of any size, read in chunks (`-`: standard input).
 * @throws InputError `no-such-file`, `empty-file`, `not-a-latency-file`, each with the file
 */
export async function readMeasurements(file: string, hints: Hints = {}): Promise<readonly Measurement[]> {
  const parser = createParser(hints.argv === undefined ? {} : { argv: hints.argv })
  try {
    for await (const chunk of readChunks(file)) parser.write(chunk)
    return parser.end().measurements.map((one) => ({
      ...one,
      wantedDurationS: one.wantedDurationS ?? hints.durationS ?? null,
    }))
  } catch (error) {
    throw placed(error, file)
  }
}

/** Text and JSON of one run, each in its own file, become one measurement; other files stay apart. */
export function joinFiles(measurements: readonly Measurement[]): readonly Measurement[] {
  const [first, second] = measurements
  return measurements.length === 2 && sameRun(first!, second!) ? joinTextAndJson(measurements) : measurements
}

/** cyclictest writes its JSON before its threads have ended: the counts differ by a few cycles. */
const FEW_CYCLES = 100

function sameRun(one: Measurement, other: Measurement): boolean {
  if (one.tool !== other.tool || one.cpus.length !== other.cpus.length) return false
  return one.cpus.every(({ samples, minUs }, index) => {
    const twin = other.cpus[index]!
    const apart = Math.abs((samples ?? 0) - (twin.samples ?? 0))
    return samples !== null && twin.samples !== null && apart <= FEW_CYCLES && minUs === twin.minUs
  })
}

function placed(error: unknown, file: string): unknown {
  if (!(error instanceof InputError) || error.place) return error
  const { code, message, next } = error
  const place = { file: file === '-' ? 'standard input' : file }
  return new InputError({ code, message, place, ...(next === undefined ? {} : { next }), cause: error })
}
