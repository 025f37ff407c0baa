import { cyclictestText } from './cyclictest-text.ts'
import { hwlatdetect } from './hwlatdetect.ts'
import type { LineFormat, RunContext } from './line-parser.ts'
import type { Measurement } from './measurement.ts'
import { oslatText } from './oslat-text.ts'
import { pairTests } from './pair-tests.ts'
import { Router } from './router.ts'
import { rtlaHist } from './rtla-hist.ts'
import { rtlaTop } from './rtla-top.ts'
import { toolFailure } from './tool-failure.ts'
import { Utf16Reader } from './utf16.ts'

export type { RunContext } from './line-parser.ts'

/** Each format that is read line by line; the first that recognises a line begins a run. */
const FORMATS: readonly LineFormat[] = [
  rtlaHist,
  rtlaTop,
  oslatText,
  hwlatdetect,
  cyclictestText,
  pairTests,
  toolFailure,
]
export interface ParseOutcome {
  /** the runs in the file, in order; at least one. Text and JSON of one run are joined. */
  measurements: readonly Measurement[]
}

export interface LatencyParser {
  /**
   * Nothing of the chunk is kept: the caller may read the next one into the same buffer.
   * @throws InputError `not-a-latency-file` once it is certain
   */
  write(chunk: Uint8Array): void
  /** @throws InputError `empty-file`, `not-a-latency-file` */
  end(): ParseOutcome
}

/**
 * Reads the output of any known latency tool from chunks of bytes; memory follows the histogram and not the file.
 * The tool is known by what it prints, never by a name or version.
 */
export function createParser(context: RunContext = {}): LatencyParser {
  const router = new Router(FORMATS, context)
  const reader = new Utf16Reader()
  return {
    write: (chunk) => router.write(reader.read(chunk)),
    end: () => {
      router.write(reader.end())
      return { measurements: router.end() }
    },
  }
}

/** The whole file at once. */
export function parseLatency(bytes: Uint8Array, context: RunContext = {}): ParseOutcome {
  const parser = createParser(context)
  parser.write(bytes)
  return parser.end()
}
