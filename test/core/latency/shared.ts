import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { QuietcoreError } from '../../../src/core/errors.ts'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { parseLatency } from '../../../src/core/latency/parser.ts'

/** Outputs of other machines and other people's logs, which are not part of the repository. */
export const SHARED = resolve(import.meta.dirname, '../../../../shared')
export const SHARED_IS_HERE = existsSync(join(SHARED, 'samples'))
/** Why what needs them is skipped, for its name; empty when they are here. */
export const SHARED_MISSING = SHARED_IS_HERE ? '' : ' (skipped: ../shared is not beside the project)'
export const FIXTURES = resolve(import.meta.dirname, '../../fixtures/latency')

/** All files under the folders that hold something, without the .cmd files and the index. */
export function filesUnder(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !/\.(cmd|tsv)$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name))
          .filter((file) => readFileSync(file).length > 0)
          .sort()
      : [],
  )
}

export function parseFile(file: string): readonly Measurement[] {
  return parseLatency(readFileSync(file)).measurements
}

/** The runs, or none when the bytes are no tool's output (which must be said with a QuietcoreError). */
export function runsOrNone(bytes: Uint8Array): readonly Measurement[] {
  try {
    return parseLatency(bytes).measurements
  } catch (error) {
    if (error instanceof QuietcoreError) return []
    throw error
  }
}

/** Runs awk on a file and splits what it prints into rows of numbers. */
export function awk(program: string, file: string): number[][] {
  const out = execFileSync('awk', [program, file], { encoding: 'utf8' })
  return out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(/\s+/).map(Number))
}
