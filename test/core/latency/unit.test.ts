import { describe, expect, it } from 'vitest'
import { parseLatency, type RunContext } from '../../../src/core/latency/parser.ts'

function seen(line: string, context: RunContext = {}) {
  const [run] = parseLatency(Buffer.from(`${line}\n`), context).measurements
  return [run!.cpus[0]!.maxUs, run!.findings.map(({ code, trust }) => `${trust ? 'note' : 'doubt'} ${code}`)]
}

describe('The unit of a T: line', () => {
  it('is us where Act is 5 wide', () => {
    const line = 'T: 0 ( 3431) P:95 I:1000 C: 100000 Min:      4 Act:    5 Avg:    6 Max:      23'
    expect(seen(line)).toEqual([23, []])
  })

  it('is ns (-N) where only Act and Avg are 8 wide', () => {
    const line = 'T: 0 ( 3431) P:95 I:1000 C:   1000 Min:   4161 Act:   18652 Avg:   28642 Max:  152672'
    expect(seen(line)).toEqual([152.672, []])
    const long = 'T: 0 ( 3431) P:95 I:1000 C:43200000 Min:   4161 Act:   18652 Avg:   28642 Max:  152672'
    expect(seen(long)).toEqual([152.672, []])
  })

  it('is us where all columns are 8 wide, as they were before 0.85', () => {
    const line = 'T: 0 ( 3431) P:99 I:    1000 C:  100000 Min:       4 Act:       5 Avg:       6 Max:      23'
    expect(seen(line)).toEqual([23, []])
  })

  it('is taken as us and not trusted where it cannot be seen, unless the command is known', () => {
    const line = 'T: 0 ( 3431) P:99 I:20000000 C:10000000 Min:12345678 Act:       5 Avg:12345679 Max:12345680'
    expect(seen(line)).toEqual([12345680, ['doubt unit-unknown']])
    expect(seen(line, { argv: ['cyclictest', '-N'] })[0]).toBe(12345.68)
  })
})
