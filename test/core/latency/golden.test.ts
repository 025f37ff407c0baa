import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FIXTURES, filesUnder, parseFile } from './shared.ts'

/** The command beside the output: what was run, so that a reader can make the file again. */
const command = (file: string) => readFileSync(file.replace(/\.\w+$/, '.cmd'), 'utf8').split('\n')[0]

describe('The whole measurement of a real output', () => {
  it.each(filesUnder(FIXTURES).map((file) => [basename(file), file] as const))('%s', async (name, file) => {
    const golden = { command: command(file), measurements: parseFile(file) }
    await expect(`${JSON.stringify(golden, null, 1)}\n`).toMatchFileSnapshot(
      `../../golden/latency/${name}.json`,
    )
  })
})
