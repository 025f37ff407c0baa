import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseLatency } from '../../../src/core/latency/parser.ts'
import { FIXTURES } from './shared.ts'

const read = (text: string) => parseLatency(Buffer.from(text)).measurements

/** As `json.dumps(d, sort_keys=True, indent=2)`: JavaScript would put keys that are numbers into their order. */
function sorted(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  const keys = Object.keys(value).sort()
  if (keys.length === 0) return '{}'
  const lines = keys.map(
    (key) => `${inner}${JSON.stringify(key)}: ${sorted((value as Record<string, unknown>)[key], inner)}`,
  )
  return `{\n${lines.join(',\n')}\n${indent}}`
}

describe('JSON with its keys in another order', () => {
  it.each(['ct-hist.json', 'oslat.json', 'signaltest.json'])('%s reads as the one of the tool', (name) => {
    const text = readFileSync(join(FIXTURES, name), 'utf8')
    const other = sorted(JSON.parse(text))
    expect(read(`${other}\n`)).toEqual(read(text))
    expect(read(JSON.stringify(JSON.parse(text)))).toEqual(read(text))
  })

  it('is refused where a bucket comes twice, whatever is between', () => {
    const text = readFileSync(join(FIXTURES, 'ct-hist.json'), 'utf8')
    const first = /"histogram": \{\s*"(\d+)": (\d+),\s*("\d+": \d+),/.exec(text)!
    const twice = text.replace(first[0], `${first[0]} "${first[1]}": ${first[2]},`)
    expect(read(twice)[0]!.findings[0]).toMatchObject({
      code: 'damaged-row',
      message: `bucket ${first[1]} comes twice`,
      trust: false,
    })
  })
})
